import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { deliveryFailed } from '@sillage/sdk'
import { sql } from '@sillage/sql'
import { describe, expect, it } from 'vitest'
import { sendRemovals } from './deliver-messages.ts'
import { deliverSink, payloadRows } from './deliver-sink.ts'
import { foreseeSink } from './foresee.ts'
import { deliveryFolders } from './place.ts'
import { pairs, SmallDelivery } from './testing/small-delivery.ts'
import { placeStandings } from './waiting.ts'

const waves = ({ folder }: SmallDelivery) =>
  existsSync(join(folder, 'state/outbox/p'))
    ? readdirSync(join(folder, 'state/outbox/p'), { recursive: true, encoding: 'utf8' }).filter((name) =>
        name.includes('.'),
      )
    : []
const down = (retryable: boolean) => deliveryFailed({ message: 'it is secret-down', hint: 'wait', retryable })

describe('messages', () => {
  it('tell new and changed rows once, and no row that is known', async () => {
    await using one = await SmallDelivery.open()
    const first = await deliverSink(one.step(pairs([1, 'a'], [2, 'a'], [3, 'a'])), one.port())
    expect(first).toEqual({
      destination: 'https://crm.example/in',
      status: 'sent',
      counts: { rows: 3, merged: 0, due: 3, sent: 3, known: 0, refused: 0, held: 0, removed: 0, messages: 2 },
    })
    expect(one.told.map(({ rows, removed }) => [rows.length, removed])).toEqual([
      [2, []],
      [1, []],
    ])
    const second = await deliverSink(one.step(pairs([1, 'a'], [2, 'b'], [4, 'a'])), one.port())
    expect(second.counts).toEqual({
      rows: 3,
      merged: 0,
      due: 2,
      sent: 2,
      known: 1,
      refused: 0,
      held: 0,
      removed: 0,
      messages: 1,
    })
    expect(one.pairs.slice(3)).toEqual(['2 b', '4 a'])
    const third = await deliverSink(one.step(pairs([1, 'a'], [2, 'b'], [4, 'a'])), one.port())
    expect([third.status, third.counts.known, one.told.length]).toEqual(['known', 3, 3])
    expect([waves(one), one.closed.length, new Set(one.told.map(({ id }) => id)).size]).toEqual([[], 3, 3])
    const receipts = [...one.port().state.read('receipts', 'p')]
    expect(receipts).toMatchObject([
      { stage: 'crm', status: 'accepted', rows: 2, removed: 0, refused: 0, attempts: 1 },
      { rows: 1 },
      { rows: 2 },
    ])
    expect(await payloadRows(one.step(pairs([1, 'a'])), one.port())).toBe(1)
  })

  it('of a mirror tell what is gone, unless that is too much, and it was not allowed', async () => {
    await using one = await SmallDelivery.open()
    const all = `select range::integer as id, 'a' as tier from range(100)`
    one.sink = { size: () => 100 }
    await deliverSink(one.step(all, { mode: 'mirror' }), one.port())
    const half = await deliverSink(one.step(`${all} where range < 50`, { mode: 'mirror' }), one.port())
    expect(half.counts).toMatchObject({ rows: 50, due: 0, known: 50, removed: 50, messages: 1 })
    expect(one.told[1]!.removed.slice(0, 2)).toEqual([{ id: 50 }, { id: 51 }])
    expect(half.status).toBe('sent')
    const again = await deliverSink(one.step(`${all} where range < 100`, { mode: 'mirror' }), one.port())
    expect(again.counts.sent).toBe(50)
    const most = one.step(`${all} where range < 49`, { mode: 'mirror' })
    const foreseen = await foreseeSink(most, one.port())
    expect([foreseen.failure?.code, foreseen.counts.removed]).toEqual(['too_many_removed', 51])
    const stopped = await deliverSink(most, one.port())
    expect(stopped).toMatchObject({
      status: 'failed',
      failure: { code: 'too_many_removed' },
      counts: { removed: 0 },
    })
    expect(stopped.failure!.message).toContain('51 of 100 rows')
    expect((await foreseeSink(most, one.port({ allowRemovals: ['crm'] }))).failure).toBeUndefined()
    const allowed = await deliverSink(most, one.port({ allowRemovals: ['crm'] }))
    expect([allowed.status, allowed.counts.removed]).toEqual(['sent', 51])
  })

  it('that fail for the moment wait, and go first, as they were, with the next run', async () => {
    await using one = await SmallDelivery.open()
    one.answer = () => {
      throw down(true)
    }
    const failed = await deliverSink(one.step(pairs([1, 'a'], [2, 'a'], [3, 'a'])), one.port())
    expect(failed).toMatchObject({
      status: 'failed',
      counts: { rows: 3, due: 3, sent: 0, held: 3, messages: 0 },
      failure: { code: 'delivery_failed', message: expect.stringContaining('it is'), hint: 'wait' },
    })
    const standing = async () =>
      (await placeStandings(one.session, deliveryFolders(join(one.folder, 'state'), 'p')))[0]
    expect(await standing()).toMatchObject({ accepted: 0, waiting: { messages: 2, rows: 3 } })
    one.answer = () => ({})
    const later = one.step(pairs([1, 'a'], [2, 'a'], [3, 'b']))
    expect(await foreseeSink(later, one.port())).toMatchObject({
      waiting: 2,
      counts: { rows: 3, due: 3, sent: 4, known: 0, messages: 3, held: 0 },
    })
    const done = await deliverSink(later, one.port())
    expect(one.notes).toEqual(['crm: 2 messages of an earlier run go first, as they were'])
    expect(one.pairs).toEqual(['1 a', '2 a', '3 a', '3 b'])
    expect(done).toMatchObject({
      status: 'sent',
      counts: { rows: 3, due: 3, sent: 4, known: 0, held: 0, messages: 3 },
    })
    expect(await standing()).toMatchObject({ accepted: 3, waiting: { messages: 0, rows: 0 } })
    expect(waves(one)).toEqual([])
  })

  it('go to nobody any more after five that failed in a row', async () => {
    await using one = await SmallDelivery.open()
    let asked = 0
    one.sink = { size: () => 1 }
    one.answer = () => {
      asked += 1
      throw down(true)
    }
    const rows = `select range::integer as id, 'a' as tier from range(9)`
    await deliverSink(one.step(rows), one.port())
    expect(asked).toBe(5)
    asked = 0
    one.answer = ({ rows: [row] }) => {
      asked += 1
      if (asked % 5 === 0) return {}
      if (row) throw down(true)
      return {}
    }
    const next = await deliverSink(one.step(rows), one.port())
    expect([asked, next.counts.sent]).toEqual([9, 1])
  })

  it('that the receiver refuses for good are given up, and their rows are due again', async () => {
    await using one = await SmallDelivery.open()
    one.answer = () => {
      throw down(false)
    }
    const given = await deliverSink(one.step(pairs([1, 'a'])), one.port())
    expect(given).toMatchObject({
      status: 'failed',
      failure: { message: expect.stringContaining('it is'), hint: 'wait' },
    })
    expect(waves(one)).toEqual([])
    one.answer = () => ({})
    expect((await deliverSink(one.step(pairs([1, 'a'])), one.port())).counts.sent).toBe(1)
    expect([...one.port().state.read('receipts', 'p')].map(({ status }) => status)).toEqual([
      'given_up',
      'accepted',
    ])
    expect(new Set(one.told.map(({ id }) => id)).size).toBe(1)
  })

  it('of which the receiver refuses rows, or takes some later, say so row by row', async () => {
    await using one = await SmallDelivery.open()
    one.sink = { size: () => 4 }
    one.answer = () => ({
      refused: [{ row: 1, code: 'bad', message: 'secret of row' }],
      retry: [2],
      facts: { status: 200 },
    })
    const step = one.step(pairs([1, 'a'], [2, 'a'], [3, 'a'], [4, 'a']))
    const told = await deliverSink(step, one.port())
    expect(told).toMatchObject({
      status: 'failed',
      counts: { rows: 4, due: 4, sent: 2, refused: 1, held: 1 },
      failure: { code: 'delivery_failed', message: expect.stringContaining('1 rows only later') },
    })
    expect(await one.rows('select id, codes, reasons from reject.crm')).toEqual([
      { id: 2, codes: ['bad'], reasons: ['secret of row'] },
    ])
    expect(one.rejects).toEqual([
      {
        run: '20260101T000100-0000',
        stage: 'crm',
        rejects: [
          { stage: 'crm', code: 'bad', column_name: null, message: 'the receiver refused the row', rows: 1 },
        ],
      },
    ])
    one.answer = () => ({})
    const next = await deliverSink(step, one.port())
    expect(next.counts).toMatchObject({ rows: 4, due: 1, sent: 1, known: 2, refused: 1, held: 0 })
    expect(one.pairs.slice(4)).toEqual(['3 a'])
    const changed = await deliverSink(one.step(pairs([1, 'a'], [2, 'b'])), one.port())
    expect([one.pairs.slice(5), changed.counts.refused]).toEqual([['2 b'], 0])
    expect(await one.rows(`select 1 from duckdb_views() where schema_name = 'reject'`)).toEqual([])
    expect(one.rejects.at(-1)).toMatchObject({ rejects: [] })
  })

  it('are not sent where keys are no keys', async () => {
    await using one = await SmallDelivery.open()
    const twice = await deliverSink(one.step(pairs([1, 'a'], [1, 'b'], [2, 'a'])), one.port())
    expect(twice).toMatchObject({
      status: 'failed',
      failure: {
        code: 'key_not_unique',
        message: expect.stringContaining('2 rows share'),
        examples: ['{"id":1}'],
      },
      counts: { rows: 3, sent: 0, held: 3 },
    })
    const without = await deliverSink(one.step(pairs([1, 'a'], [null, 'b'])), one.port())
    expect(without.failure?.code).toBe('key_with_null')
    expect([one.told, waves(one)]).toEqual([[], []])
  })

  it('are not sent where an environment does not send, which is told with what would be', async () => {
    await using one = await SmallDelivery.open()
    const told = await deliverSink(
      one.step(pairs([1, 'a'], [2, 'a'])),
      one.port({ notSent: 'dev does not send' }),
    )
    expect(told).toMatchObject({
      destination: 'dev does not send',
      status: 'not_sent',
      counts: { rows: 2, due: 2, sent: 0, held: 2, messages: 0 },
    })
    expect(await sendRemovals(one.step('', { mode: 'mirror' }), one.port({ notSent: 'no' }), sql`true`)).toBe(
      'no',
    )
    expect(one.told).toEqual([])
  })

  it('of the mode full go all, each time; of append none a second time', async () => {
    await using one = await SmallDelivery.open()
    const append = (rows: string) => deliverSink(one.step(rows, { mode: 'append' }), one.port())
    await append(pairs([1, 'a']))
    expect((await append(pairs([1, 'b'], [2, 'a']))).counts).toMatchObject({ due: 1, known: 1, sent: 1 })
    await append(pairs([2, 'a']))
    await append(pairs([1, 'a'], [2, 'a']))
    expect(one.pairs).toEqual(['1 a', '2 a'])
    await using other = await SmallDelivery.open()
    const full = () => deliverSink(other.step(pairs([1, 'a'], [2, 'a']), { mode: 'full' }), other.port())
    await full()
    expect([(await full()).counts.sent, other.told.length]).toEqual([2, 2])
    const none = await deliverSink(other.step(pairs(), { mode: 'full' }), other.port())
    expect([none.status, none.counts.rows]).toEqual(['sent', 0])
  })

  it('end with the run that is told to stop; what was answered is known', async () => {
    await using one = await SmallDelivery.open()
    const stop = new AbortController()
    one.answer = () => {
      stop.abort(new Error('stopped'))
      return {}
    }
    const step = one.step(pairs([1, 'a'], [2, 'a'], [3, 'a'], [4, 'a']))
    await expect(deliverSink(step, one.port({}, stop.signal))).rejects.toThrow('stopped')
    expect([one.told.length, one.closed.length]).toEqual([1, 1])
    one.answer = () => ({})
    const next = await deliverSink(step, one.port())
    expect(one.pairs).toEqual(['1 a', '2 a', '1 a', '2 a', '3 a', '4 a'])
    expect(one.told[1]!.id).toBe(one.told[0]!.id)
    expect(next.counts.sent).toBe(4)
  })

  it('have a text that the sink makes, of what the engine gives', async () => {
    await using one = await SmallDelivery.open()
    one.sink = {
      message: ({ rows, removed, pipeline, stage, asOf, timestamp, sql: tag }) =>
        tag`${`${pipeline}/${stage}/${asOf}/${timestamp}/${removed === undefined}`} || ${rows}`,
    }
    await deliverSink(one.step(pairs([1, 'a'])), one.port())
    expect(one.told).toMatchObject([
      { body: 'p/crm//2026-01-01T00:01:00.000Z/true[{"id":1,"tier":"a"}]', rows: [], removed: [] },
    ])
  })

  it('are held back while another run delivers to the same place', async () => {
    await using one = await SmallDelivery.open()
    const { holdDestination } = await import('./destination-lock.ts')
    const step = one.step(pairs([1, 'a']))
    const port = one.port()
    {
      await using _ = await holdDestination(step, {
        project: one.folder,
        command: 'sillage run',
        openDatabase: port.openDatabase,
      })
      await expect(deliverSink(step, port)).rejects.toMatchObject({
        code: 'destination_busy',
        exit: 75,
        facts: { stage: 'crm' },
      })
    }
    expect((await deliverSink(step, port)).counts.sent).toBe(1)
  })
})
