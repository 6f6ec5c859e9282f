import { expect, it } from 'vitest'
import { Turns } from './turns.ts'

/** A question that is answered when it is told to. */
function question(log: string[], name: string) {
  let answer = (_: Error | string): void => {}
  const asked = () => {
    log.push(name)
    return new Promise<string>((done, fail) => {
      answer = (value) => (value instanceof Error ? fail(value) : done(value))
    })
  }
  return { asked, answer: (value: Error | string) => answer(value) }
}
const breath = () => new Promise((done) => setImmediate(done))

it('questions on one pipeline wait for each other, also for one that fails; others do not; a run waits for all', async () => {
  const log: string[] = []
  const turns = new Turns(() => false)
  const [one, two, other] = ['one', 'two', 'other'].map((name) => question(log, name)) as [
    ReturnType<typeof question>,
    ReturnType<typeof question>,
    ReturnType<typeof question>,
  ]
  const first = turns.ask('shop', one.asked)
  const second = turns.ask('shop', two.asked)
  const elsewhere = turns.ask('other', other.asked)
  const run = turns.settled('shop').then(() => log.push('run'))
  await breath()
  expect(log).toEqual(['one', 'other'])
  one.answer(new Error('it failed'))
  await expect(first).rejects.toThrow('it failed')
  await breath()
  expect(log).toEqual(['one', 'other', 'two'])
  expect(turns.asking('shop')).toBe(true)
  two.answer('yes')
  expect(await second).toBe('yes')
  await run
  expect(log.at(-1)).toBe('run')
  expect(turns.asking('shop')).toBe(false)
  other.answer('yes')
  await elsewhere
})

it('while a run is at it, nothing is asked', async () => {
  const turns = new Turns((pipeline) => pipeline === 'shop')
  await expect(turns.ask('shop', async () => 1)).rejects.toMatchObject({
    code: 'busy',
    hint: expect.any(String),
  })
  expect(await turns.ask('other', async () => 1)).toBe(1)
})
