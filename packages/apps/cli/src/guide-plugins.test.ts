import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { succeeded } from './testing/outcome.ts'
import { TestProject } from './testing/project.ts'

const guide = readFileSync(new URL('../../../../docs/guide/own-plugin.md', import.meta.url), 'utf8')

/** A file of the guide as it stands there. */
function ofGuide(name: string): string {
  return new RegExp(`\`\`\`ts\\n(// plugins/${name}\\.ts[\\s\\S]*?)\`\`\``).exec(guide)![1]!
}

async function rowsOf(project: TestProject, table: string): Promise<unknown> {
  const ended = await project.run(['query', 'p', `from ${table} order by all`, '--output', 'json'])
  return (ended.json() as { readonly rows: unknown }).rows
}

it('the baskets of the guide: groups by a key, a look-up beside them, a further output', async () => {
  const lines = ['b,pen', 'a,ink', 'b,ink', 'a,pen', 'b,cup', 'c,cup']
  using project = new TestProject({
    'sillage.yaml': 'plugins: ["./plugins/*.ts"]\n',
    'plugins/baskets.ts': ofGuide('baskets'),
    'lines.csv': `customer,article\n${lines.join('\n')}\n`,
    'points.csv': 'article,points\npen,3\nink,4\n',
    'pipeline.yaml': `pipeline: p
as_of: 2026-01-01
stages:
  lines: { uses: collect/csv, with: { path: lines.csv } }
  points: { uses: collect/csv, with: { path: points.csv } }
  baskets: { uses: enrich/baskets, from: { input: lines, points: points }, with: { by: customer } }
marts: { baskets: { from: baskets }, unknown: { from: baskets.unknown } }
`,
  })
  const run = succeeded(await project.run(['run', 'p', '--output', 'json']))
  expect(run.steps.find(({ stage }) => stage === 'baskets')).toMatchObject({
    rows_in: 6,
    rows_out: 3,
    merged: 3,
  })
  expect(await rowsOf(project, 'baskets')).toEqual([
    { customer: 'a', points: 7 },
    { customer: 'b', points: 7 },
    { customer: 'c', points: 0 },
  ])
  expect(await rowsOf(project, 'unknown')).toEqual([{ article: 'cup' }, { article: 'cup' }])
})

it('the cards of the guide: files read as streams, whole, and only where they changed', async () => {
  using project = new TestProject({
    'sillage.yaml': 'plugins: ["./plugins/*.ts"]\n',
    'plugins/cards.ts': ofGuide('cards'),
    'in/a.txt': 'Ann, Lyon\nMax, Lille\n',
    'pipeline.yaml': `pipeline: p
as_of: 2026-01-01
stages:
  cards: { uses: collect/cards, with: { path: in/*.txt } }
marts: { cards: { from: cards } }
`,
  })
  succeeded(await project.run(['run', 'p', '--output', 'json']))
  const [again] = succeeded(await project.run(['run', 'p', '--output', 'json'])).steps
  expect(again?.action).toBe('reuse')
  project.write('in/a.txt', 'Max, Lille\n')
  const planned = (await project.run(['plan', 'p', '--output', 'json'])).json() as {
    readonly steps: readonly { readonly action: string; readonly reason: string }[]
  }
  expect(planned.steps[0]).toMatchObject({
    action: 'run',
    reason: expect.stringContaining('it is read whole'),
  })
  succeeded(await project.run(['run', 'p', '--output', 'json']))
  expect(await rowsOf(project, 'cards')).toEqual([{ name: 'Max', city: 'Lille' }])
})
