import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { deliverSink } from './deliver-sink.ts'
import { deliveryFolders } from './place.ts'
import { findResend, type ResendChoice } from './resend.ts'
import { pairs, SmallDelivery } from './testing/small-delivery.ts'
import { placeStandings } from './waiting.ts'

const all = pairs([1, 'a'], [2, 'a'], [3, 'b'])

/** Three rows that were delivered; the second one was refused. The third came with a second run. */
async function delivered(): Promise<SmallDelivery> {
  const one = await SmallDelivery.open()
  one.answer = ({ rows }) => ({
    refused: rows.flatMap(({ id }, row) => (id === 2 ? [{ row, code: 'bad', message: '' }] : [])),
  })
  await deliverSink(one.step(pairs([1, 'a'], [2, 'a'])), one.port())
  await deliverSink(one.step(all), one.port())
  one.told.splice(0)
  one.answer = () => ({})
  return one
}

async function again(one: SmallDelivery, choice: ResendChoice, isDelivered = false): Promise<number> {
  const found = await findResend(one.step(all), one.port(), choice)
  await found.mark({ delivered: isDelivered })
  await found.close()
  await deliverSink(one.step(all), one.port())
  return found.rows
}

describe('rows are sent again', () => {
  it.each<[string, ResendChoice, readonly string[]]>([
    ['all that were told', {}, ['1 a', '2 a', '3 b']],
    ['those that were refused', { failed: true }, ['2 a']],
    ['those of which nothing is known', { unknown: true }, []],
    ['those of a run and later ones', { since: '20260101T000200-0000' }, ['3 b']],
    ['those from an instant on', { since: '2026-01-01T00:01:30Z' }, ['3 b']],
    ['those of which a condition is true', { where: "tier = 'b' or id = 2" }, ['2 a', '3 b']],
    ['those for which all is true', { where: 'id < 3', failed: true }, ['2 a']],
  ])('%s', async (_, choice, told) => {
    await using one = await delivered()
    expect(await again(one, choice)).toBe(told.length)
    expect(one.pairs).toEqual(told)
  })
})

it('rows that are taken for delivered are not sent, and no more refused', async () => {
  await using one = await delivered()
  expect(await again(one, { failed: true }, true)).toBe(1)
  expect(one.told).toEqual([])
  const [place] = await placeStandings(one.session, deliveryFolders(join(one.folder, 'state'), 'p'))
  expect(place).toMatchObject({ accepted: 3, refused: 0 })
})
