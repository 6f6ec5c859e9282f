import { expect, it } from 'vitest'
import { Tally } from './tally.ts'

const step = (style: 'source' | 'sql' | 'batch', ...reads: readonly string[]) => ({
  style,
  inputs: reads.length > 0 ? { input: reads } : {},
})

function tallyOf(rows: Readonly<Record<string, number>>) {
  const asked: string[] = []
  const steps = new Map([
    ['orders', step('source')],
    ['lines', step('sql', 'orders')],
    ['scored', step('sql', 'lines')],
    ['both', step('sql', 'lines', 'people')],
    ['people', step('source')],
  ] as const)
  const tally = new Tally(steps, async (reference) => {
    asked.push(reference)
    return rows[reference]!
  })
  return { tally, asked, steps }
}

it('takes what the only reader tells for the views below it, and counts nothing', async () => {
  const { tally, asked, steps } = tallyOf({})
  expect(await tally.read(steps.get('scored')!, 7)).toBe(7)
  expect(asked).toEqual([])
  expect([tally.get('lines'), tally.get('orders'), tally.get('scored')]).toEqual([7, 7, undefined])
})

it('counts what nobody tells, once', async () => {
  const { tally, asked, steps } = tallyOf({ orders: 5, people: 3 })
  expect(await tally.read(steps.get('both')!, 99)).toBe(8)
  expect(await tally.read(steps.get('scored')!, 99)).toBe(5)
  expect(await tally.of('people')).toBe(3)
  expect(asked).toEqual(['orders', 'people'])
})

it('believes what was counted before rather than what a reader tells', async () => {
  const { tally, steps } = tallyOf({})
  tally.set('orders', 4)
  expect(await tally.read(steps.get('lines')!, 9)).toBe(4)
})

it('counts a further output by its own name', async () => {
  const { tally, asked } = tallyOf({ 'people.merged': 2 })
  expect(await tally.read({ inputs: { input: ['people.merged'] } }, undefined)).toBe(2)
  expect(asked).toEqual(['people.merged'])
})
