import { defineSource, t } from '@sillage/sdk'
import { afterEach, describe, expect, it } from 'vitest'
import { evenOnly } from './testing/small-plugins.ts'
import { SmallProject } from './testing/small-project.ts'

const open: SmallProject[] = []
afterEach(() => {
  for (const one of open.splice(0)) one[Symbol.dispose]()
})

/** A queue of numbers, read two at a time behind a cursor; it breaks before a number that it is told. */
function queued(numbers: number[], breaks: { before?: number } = {}) {
  const asked: (string | undefined)[] = []
  const plugin = defineSource({
    name: 'collect/queue',
    summary: 'A queue.',
    config: t.object({}),
    examples: [],
    columns: () => [{ name: 'n', type: 'BIGINT' }],
    read: async function* ({ since, make, context }: never) {
      const given = since as string | undefined
      const { integer, batch } = make as {
        readonly integer: (cells: readonly number[]) => never
        readonly batch: (columns: object) => never
      }
      asked.push(given)
      ;(context as { readonly note: (text: string) => void }).note('asked')
      for (let from = Number(given ?? 0); from < numbers.length; from += 2) {
        const some = numbers.slice(from, from + 2)
        if (breaks.before !== undefined && some.includes(breaks.before)) throw new TypeError('it broke')
        yield { batch: batch({ n: integer(some) }), cursor: String(from + some.length) }
      }
    },
  } as never)
  const one = new SmallProject([plugin, evenOnly], {
    'pipeline.yaml': `pipeline: small
stages:
  queue: { uses: collect/queue, with: {} }
  even: { uses: enrich/even, from: queue, with: {} }
marts: { even: { from: even } }
`,
  })
  open.push(one)
  return { one, asked }
}
const steps = ({ run }: Awaited<ReturnType<SmallProject['run']>>) =>
  run.steps.map(({ stage, action, rows_out }) => [stage, action, rows_out])

describe('a source that is asked', () => {
  it('gives what came since, and the steps behind it take just that', async () => {
    const numbers = [1, 2, 3, 4]
    const { one, asked } = queued(numbers)
    expect(steps(await one.run())).toEqual([
      ['queue', 'run', 4],
      ['even', 'run', 2],
    ])
    expect(one.events).toContainEqual({ kind: 'note', stage: 'queue', text: 'asked' })
    expect(steps(await one.run())).toEqual([
      ['queue', 'reuse', 4],
      ['even', 'reuse', 2],
    ])
    numbers.push(5, 6)
    expect(steps(await one.run())).toEqual([
      ['queue', 'run', 6],
      ['even', 'run', 3],
    ])
    expect(asked).toEqual([undefined, '4', '4'])
    expect(await one.rows('select n from enrich.even order by 1')).toEqual([{ n: 2 }, { n: 4 }, { n: 6 }])
  })

  it('is asked from the beginning where all is to be made anew', async () => {
    const { one, asked } = queued([1, 2])
    await one.run()
    expect(steps(await one.run({ fullRefresh: true }))).toEqual([
      ['queue', 'run', 2],
      ['even', 'run', 1],
    ])
    expect(asked).toEqual([undefined, undefined])
  })

  it('keeps what it gave before it broke, and goes on there', async () => {
    const breaks: { before?: number } = { before: 3 }
    const { one, asked } = queued([1, 2, 3, 4], breaks)
    const failed = await one.run()
    expect([failed.exit, failed.run.error]).toMatchObject([1, { code: 'plugin_failed', stage: 'queue' }])
    delete breaks.before
    expect(steps(await one.run()).map(([stage, , rows]) => [stage, rows])).toEqual([
      ['queue', 4],
      ['even', 2],
    ])
    expect(asked).toEqual([undefined, '2'])
  })
})
