import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { SendingFile } from './deliver-port.ts'
import { deliverSink } from './deliver-sink.ts'
import { lastFileReceipts, wasWrittenHere } from './file-receipts.ts'
import { foreseeSink } from './foresee.ts'
import { pairs, SmallDelivery } from './testing/small-delivery.ts'

const list = (one: SmallDelivery) => join(one.folder, 'out/list.csv')

function step(
  one: SmallDelivery,
  rows: string,
  more: Partial<SendingFile> & { readonly path?: string } = {},
): SendingFile {
  const { path = list(one), ...others } = more
  const format = path.endsWith('.csv') ? 'csv' : path.endsWith('.json') ? 'json' : 'parquet'
  const base = one.step(rows, { mode: 'full' })
  return {
    ...base,
    delivery: { ...base.delivery, destination: path },
    files: [
      {
        select: 'select * from sillage_payload',
        path,
        format,
        options: format === 'csv' ? { header: true } : {},
      },
    ],
    ...others,
  } as SendingFile
}
const due = (one: SmallDelivery, rows: string) =>
  step(one, rows, { delivery: { ...step(one, rows).delivery, mode: 'append' } })
const write = (path: string, text: string) => {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

describe('a file of all rows', () => {
  it('is written whole, with its receipt, and again only where something changed', async () => {
    await using one = await SmallDelivery.open()
    const first = await deliverSink(step(one, pairs([1, 'a'], [2, 'b'])), one.port())
    expect(first).toEqual({
      destination: list(one),
      status: 'sent',
      counts: { rows: 2, merged: 0, due: 2, sent: 2, known: 0, refused: 0, held: 0, removed: 0, messages: 1 },
    })
    expect(readFileSync(list(one), 'utf8')).toBe('id,tier\n1,a\n2,b\n')
    expect(readdirSync(dirname(list(one)))).toEqual(['list.csv'])
    const receipt = lastFileReceipts(one.port()).get(list(one))!
    expect(receipt).toMatchObject({
      stage: 'crm',
      file: 'out/list.csv',
      rows: 2,
      bytes: 16,
      fingerprint: 'f1',
    })
    const same = await deliverSink(step(one, pairs([1, 'a'], [2, 'b'])), one.port())
    expect([same.status, same.counts.known, same.counts.sent]).toEqual(['known', 2, 0])
    const forced = await deliverSink(step(one, pairs([1, 'a'])), one.port({ fullRefresh: true }))
    expect([forced.status, readFileSync(list(one), 'utf8')]).toEqual(['sent', 'id,tier\n1,a\n'])
    const other = await deliverSink(step(one, pairs([3, 'c']), { fingerprint: 'f2' }), one.port())
    expect([other.status, readFileSync(list(one), 'utf8')]).toEqual(['sent', 'id,tier\n3,c\n'])
    const renamed = await deliverSink(
      step(one, pairs([3, 'c']), { fingerprint: 'f2', stage: 'other' }),
      one.port(),
    )
    expect(renamed.status).toBe('sent')
    expect(one.notes).toEqual([])
  })

  it('that was changed or removed since is written again, which is told', async () => {
    await using one = await SmallDelivery.open()
    const all = () => step(one, pairs([1, 'a']))
    await deliverSink(all(), one.port())
    write(list(one), 'id,tier\n9,z\n')
    expect((await foreseeSink(all(), one.port())).counts).toMatchObject({
      due: 1,
      sent: 1,
      known: 0,
      messages: 1,
    })
    expect(one.notes).toEqual([])
    expect((await deliverSink(all(), one.port())).status).toBe('sent')
    rmSync(list(one))
    expect((await deliverSink(all(), one.port())).status).toBe('sent')
    expect(one.notes).toEqual([
      'crm: out/list.csv was changed since it was delivered: it is written again',
      'crm: out/list.csv was removed since it was delivered: it is written again',
    ])
    expect((await foreseeSink(all(), one.port())).counts).toMatchObject({ rows: 1, known: 1, sent: 0 })
    expect((await foreseeSink(all(), one.port({ fullRefresh: true }))).counts).toMatchObject({ sent: 1 })
  })

  it('is not written where a key that was given is none', async () => {
    await using one = await SmallDelivery.open()
    const keyed = (rows: string) => step(one, rows, { config: { key: ['id'] } })
    const told = await deliverSink(keyed(pairs([1, 'a'], [1, 'b'], [null, 'c'], [null, 'd'])), one.port())
    expect(told).toMatchObject({
      status: 'failed',
      failure: { code: 'key_not_unique', message: expect.stringContaining('2 rows'), examples: ['{"id":1}'] },
      counts: { rows: 4, due: 4, held: 4, sent: 0 },
    })
    const foreseen = await foreseeSink(keyed(pairs([1, 'a'], [null, 'b'])), one.port())
    expect(foreseen).toMatchObject({
      failure: { code: 'key_with_null' },
      counts: { rows: 2, held: 2, sent: 0 },
    })
    expect(existsSync(list(one))).toBe(false)
    expect((await deliverSink(keyed(pairs([1, 'a'], [2, 'a'])), one.port())).counts.sent).toBe(2)
  })
})

describe('a file of due rows', () => {
  it('holds what is new of a run, and is left alone where nothing is', async () => {
    await using one = await SmallDelivery.open()
    const first = await deliverSink(due(one, pairs([1, 'a'], [2, 'b'])), one.port())
    expect(first.counts).toMatchObject({ rows: 2, due: 2, sent: 2, messages: 1 })
    const second = await deliverSink(due(one, pairs([2, 'x'], [3, 'c'])), one.port())
    expect([second.status, second.counts.known, readFileSync(list(one), 'utf8')]).toEqual([
      'sent',
      1,
      'id,tier\n3,c\n',
    ])
    const third = await deliverSink(due(one, pairs([2, 'b'], [3, 'c'])), one.port())
    expect([third.status, third.counts.sent, third.counts.messages]).toEqual(['known', 0, 0])
    rmSync(list(one))
    const foreseen = await foreseeSink(due(one, pairs([3, 'c'], [4, 'd'], [5, 'e'])), one.port())
    expect(foreseen.counts).toMatchObject({ due: 2, sent: 2, known: 1, messages: 1 })
    expect((await deliverSink(due(one, pairs([3, 'c'])), one.port())).status).toBe('known')
    expect(existsSync(list(one))).toBe(false)
    expect(one.notes).toEqual([
      expect.stringMatching(
        /^crm: out\/list.csv was removed since .* sillage resend p crm --since 20260101T000200-0000$/,
      ),
    ])
  })

  it('is not written where rows share a key', async () => {
    await using one = await SmallDelivery.open()
    const told = await deliverSink(due(one, pairs([1, 'a'], [1, 'b'])), one.port())
    expect(told).toMatchObject({
      status: 'failed',
      failure: { code: 'key_not_unique' },
      counts: { held: 2, sent: 0 },
    })
    expect(existsSync(list(one))).toBe(false)
  })

  it('without a key takes equal rows once', async () => {
    await using one = await SmallDelivery.open()
    const base = due(one, pairs([1, 'a'], [1, 'a'], [2, 'b']))
    const told = await deliverSink({ ...base, delivery: { ...base.delivery, key: [] } }, one.port())
    expect(told.counts).toMatchObject({ rows: 2, merged: 1, due: 2, sent: 2 })
    expect(readFileSync(list(one), 'utf8')).toBe('id,tier\n1,a\n2,b\n')
  })
})

describe('a file that no run wrote', () => {
  it('is not written over, unless the state is lost and it looks like one of the stage', async () => {
    await using one = await SmallDelivery.open()
    write(list(one), 'mine\n')
    await expect(deliverSink(step(one, pairs([1, 'a'])), one.port())).rejects.toMatchObject({
      code: 'destination_not_ours',
      message: '"crm" would write over out/list.csv, which no run delivered',
    })
    expect(readFileSync(list(one), 'utf8')).toBe('mine\n')
    write(list(one), 'id,tier\n7,x\n')
    expect((await deliverSink(step(one, pairs([1, 'a'])), one.port())).status).toBe('sent')
    const second = join(one.folder, 'out/second.csv')
    write(second, 'id,tier\n7,x\n')
    await expect(deliverSink(step(one, pairs([1, 'a']), { path: second }), one.port())).rejects.toMatchObject(
      {
        code: 'destination_not_ours',
      },
    )
    expect([wasWrittenHere(list(one), one.port()), wasWrittenHere(second, one.port())]).toEqual([true, false])
  })

  it.each(['json', 'parquet'])('is known by its columns in %s too', async (ending) => {
    await using one = await SmallDelivery.open()
    const path = join(one.folder, `out/list.${ending}`)
    await deliverSink(step(one, pairs([1, 'a']), { path }), one.port())
    rmSync(join(one.folder, 'state'), { recursive: true })
    expect((await deliverSink(step(one, pairs([2, 'a']), { path }), one.port())).status).toBe('sent')
  })

  it('may be one of the project itself, which is never written over', async () => {
    await using one = await SmallDelivery.open()
    const path = join(one.folder, 'pipeline.csv')
    const port = one.port()
    const ours = { ...port, plan: { ...port.plan, file: path } }
    write(path, 'pipeline: p')
    await expect(deliverSink(step(one, pairs([1, 'a']), { path }), ours)).rejects.toMatchObject({
      code: 'destination_of_project',
      exit: 78,
    })
  })
})

it('what a killed writer left beside a file is cleared away', async () => {
  await using one = await SmallDelivery.open()
  write(`${list(one)}.20260101T000000-0000.partial`, 'half')
  write(`${list(one)}.mine`, 'kept')
  await deliverSink(step(one, pairs([1, 'a'])), one.port())
  expect(readdirSync(dirname(list(one))).sort()).toEqual(['list.csv', 'list.csv.mine'])
})
