import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from '@sillage/sql'
import { expect, it } from 'vitest'
import { Outbox, type SettledMessage } from './outbox.ts'
import { SmallDelivery } from './testing/small-delivery.ts'

const settled = (id: string, more: Partial<SettledMessage> = {}): SettledMessage => ({
  id,
  status: 'accepted',
  run: 'r1',
  at: '2026-01-01T00:00:00.000Z',
  destination: 'd',
  attempts: 1,
  refused: [],
  retry: [],
  facts: {},
  ...more,
})

async function withOutbox(
  work: (facts: { readonly outbox: Outbox; readonly one: SmallDelivery }) => Promise<void>,
) {
  await using one = await SmallDelivery.open()
  const outbox = new Outbox(one.session, join(one.folder, 'outbox'))
  await outbox.commit('r1-0001', {
    messages: sql`select * from (values ('m0', 0, 2, 0, 'body 0'), ('m1', 1, 1, 1, 'body 1'), ('m2', 2, 1, 0, 'body 2')) t(id, number, rows, removed, body)`,
    rows: sql`select * from (values (0, 'k0', 'c0'::blob, false), (0, 'k1', 'c1'::blob, false), (1, 'k2', 'c2'::blob, false), (1, 'k3', null::blob, true), (2, 'k4', 'c4'::blob, false)) t(number, key, content, removed)`,
  })
  await work({ outbox, one })
}
function note(outbox: Outbox, ...all: readonly SettledMessage[]): void {
  using settling = outbox.settling('r1-0001')
  for (const one of all) settling.note(one)
}
const ids = async (outbox: Outbox, wave: string) => (await outbox.messages(wave)).map(({ id }) => id)

it('messages wait until they are settled; a line that was cut is none', async () => {
  await withOutbox(async ({ outbox }) => {
    expect(outbox.waves).toEqual(['r1-0001'])
    expect(await ids(outbox, 'r1-0001')).toEqual(['m0', 'm1', 'm2'])
    note(outbox, settled('m1'))
    const file = join(outbox.folder, 'r1-0001.settled')
    const whole = readFileSync(file, 'utf8')
    appendFileSync(file, '{"id":"m2","sta')
    expect(outbox.settled('r1-0001')).toEqual([settled('m1')])
    expect(readFileSync(file, 'utf8')).toBe(whole)
    expect(await ids(outbox, 'r1-0001')).toEqual(['m0', 'm2'])
    note(outbox, settled('m2'))
    expect(outbox.settled('r1-0001')).toHaveLength(2)
    expect(outbox.settled('none')).toEqual([])
  })
})

it('rows of settled messages are what became of them', async () => {
  await withOutbox(async ({ outbox, one }) => {
    await one.session.run(
      `create table known as select 'k1' as key, true as told union all select 'k9', true`,
    )
    note(outbox, settled('m0'), settled('m1'), settled('m2', { status: 'given_up' }))
    const entries = async () =>
      (
        await one.rows(
          `select key, state, told, code, message, id from (${outbox.entries('r1-0001', sql`known`).text}) order by key`,
        )
      ).map((row) => Object.values(row).join(' '))
    expect(await entries()).toEqual([
      'k0 accepted true   m0',
      'k1 accepted true   m0',
      'k2 accepted true   m1',
      'k3 removed false   m1',
    ])
    writeFileSync(join(outbox.folder, 'r1-0001.settled'), '')
    note(
      outbox,
      settled('m0', { refused: [{ row: 1, code: 'bad', message: 'no' }], retry: [0] }),
      settled('m1', { refused: [{ row: 0, code: 'worse', message: 'never' }] }),
      settled('m2'),
    )
    expect(await entries()).toEqual([
      'k1 refused true bad no m0',
      'k2 refused false worse never m1',
      'k3 removed false   m1',
      'k4 accepted true   m2',
    ])
  })
})

it('what is not settled is kept under a new name with its rows, and nothing where all is', async () => {
  await withOutbox(async ({ outbox, one }) => {
    note(outbox, settled('m0'), settled('m2'))
    await outbox.reduce('r1-0001', 'r2-0001')
    expect([outbox.waves, await ids(outbox, 'r2-0001')]).toEqual([['r2-0001'], ['m1']])
    expect(await one.rows(`select key from read_parquet('${outbox.rowsFile('r2-0001')}')`)).toEqual([
      { key: 'k2' },
      { key: 'k3' },
    ])
    expect(readdirSync(outbox.folder).sort()).toEqual(['r2-0001.parquet', 'r2-0001.rows.parquet'])
    using settling = outbox.settling('r2-0001')
    settling.note(settled('m1'))
    await outbox.reduce('r2-0001', 'r3-0001')
    expect([outbox.waves, readdirSync(outbox.folder)]).toEqual([[], []])
  })
})

it('what a killed writer left is cleared away: halves, and rows or answers without their messages', async () => {
  await withOutbox(async ({ outbox }) => {
    note(outbox, settled('m0'))
    for (const name of ['r9-0001.parquet.partial', 'r9-0001.rows.parquet', 'r9-0002.settled', 'notes'])
      writeFileSync(join(outbox.folder, name), '')
    outbox.tidy()
    expect(readdirSync(outbox.folder).sort()).toEqual([
      'notes',
      'r1-0001.parquet',
      'r1-0001.rows.parquet',
      'r1-0001.settled',
    ])
    const none = new Outbox(undefined as never, join(outbox.folder, 'none'))
    none.tidy()
    expect([none.waves, existsSync(none.folder)]).toEqual([[], false])
    mkdirSync(none.folder)
  })
})
