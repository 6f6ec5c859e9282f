import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { Database } from '@sillage/duckdb'
import { openState } from '@sillage/state'
import { describe, expect, it } from 'vitest'
import type { SendingFile } from './deliver-port.ts'
import { deliverSink } from './deliver-sink.ts'
import { deliveryFolders } from './place.ts'
import { takeOver } from './take-over.ts'
import { pairs, SmallDelivery } from './testing/small-delivery.ts'
import { placeStandings } from './waiting.ts'

/** The key that the version before gave to a chunk. */
const keyOf = (rows: readonly object[]) =>
  createHash('sha256')
    .update(`p\ncrm\n${JSON.stringify(rows)}`)
    .digest('hex')
    .slice(0, 40)
const chunk = (...ids: readonly number[]) => ids.map((id) => ({ id, tier: 'a' }))
const rows = pairs([1, 'a'], [2, 'a'], [3, 'a'], [4, 'a'], [5, 'a'])

/** Writes receipts of the version before. */
function receipts(one: SmallDelivery, chunks: readonly (readonly object[])[]): void {
  openState(join(one.folder, 'state')).append({
    kind: 'receipts',
    pipeline: 'p',
    run: 'r0',
    records: chunks.map((own) => ({
      stage: 'crm',
      idempotency_key: keyOf(own),
      rows: own.length,
      fingerprint: 'f0',
    })),
  })
}
const older = (one: SmallDelivery) => join(one.folder, '.sillage/p/work.duckdb.older')
const over = (one: SmallDelivery, more: Partial<SendingFile> = {}) =>
  takeOver([{ ...one.step(rows), ...more }], one.port(), older(one))
const standing = async (one: SmallDelivery) =>
  (await placeStandings(one.session, deliveryFolders(join(one.folder, 'state'), 'p')))[0]

describe('what the version before delivered', () => {
  it('is known by its receipts where all chunks are accounted for: the rest is due', async () => {
    await using one = await SmallDelivery.open()
    receipts(one, [chunk(1, 2), chunk(3, 4)])
    await over(one)
    expect(one.notes).toEqual([
      'crm: the version before delivered 2 of its last 3 messages; 0 wait and go first',
    ])
    expect(await standing(one)).toMatchObject({ accepted: 4, unknown: 0 })
    await deliverSink(one.step(rows), one.port())
    expect(one.pairs).toEqual(['5 a'])
    one.notes.splice(0)
    await over(one)
    expect(one.notes).toEqual([])
  })

  it('cannot be known where chunks of receipts are gone: their rows are not sent', async () => {
    await using one = await SmallDelivery.open()
    receipts(one, [chunk(1, 2), chunk(8, 9)])
    await over(one)
    expect(await standing(one)).toMatchObject({ accepted: 2, unknown: 3 })
    const told = await deliverSink(one.step(rows), one.port())
    expect(told).toMatchObject({
      status: 'failed',
      failure: { code: 'delivery_unknown', hint: expect.stringContaining('sillage resend p crm --unknown') },
      counts: { sent: 0, known: 2, held: 3 },
    })
    expect(one.told).toEqual([])
  })

  it('waits in its working database, and goes first under the ids that it had', async () => {
    await using one = await SmallDelivery.open()
    const arrived = chunk(1, 2)
    const waits = chunk(3, 4)
    {
      await using database = await Database.open({ path: older(one) })
      using session = await database.session()
      await session.run('create schema sillage')
      await session.run(
        'create table sillage.deliveries (stage varchar, run varchar, message integer, idempotency_key varchar, rows bigint, payload varchar, status varchar)',
      )
      for (const [message, own, status] of [
        [0, arrived, 'sent'],
        [1, waits, 'pending'],
      ] as const)
        await session.run(
          `insert into sillage.deliveries values ('crm', 'r0', ${message}, '${keyOf(own)}', 2, '${JSON.stringify(own)}', '${status}')`,
        )
      await session.run(
        `insert into sillage.deliveries values ('crm', 'r0', 9, 'a:b', 2, '[]', 'pending'), ('crm', 'r0', 8, 'c', 2, null, 'pending'), ('other', 'r0', 8, 'd', 2, '[]', 'pending')`,
      )
    }
    await over(one)
    expect(one.notes).toEqual([
      'crm: the version before delivered 1 of its last 3 messages; 1 wait and go first',
    ])
    const told = await deliverSink(one.step(rows), one.port())
    expect(one.told[0]).toMatchObject({ id: keyOf(waits), rows: waits })
    expect(one.pairs).toEqual(['3 a', '4 a', '5 a'])
    expect(told.status).toBe('sent')
    expect(await standing(one)).toMatchObject({ accepted: 5 })
  })

  it('is nothing where there are no receipts of it, or the sink writes files, or tells all each time', async () => {
    await using one = await SmallDelivery.open()
    await over(one)
    receipts(one, [chunk(1, 2)])
    await over(one, { files: [{ select: '', path: '/a', format: 'csv', options: {} }] } as never)
    await over(one, { delivery: { ...one.step(rows).delivery, mode: 'full' } })
    await over(one, { stage: 'other' })
    expect([one.notes, await standing(one)]).toEqual([[], undefined])
  })
})
