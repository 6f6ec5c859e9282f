import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { duckdbEngine } from '@sillage/duckdb/engine'
import { afterEach, describe, expect, it } from 'vitest'
import { stepActions } from './step-actions.ts'
import { atLeast, byRemainder, evenOnly } from './testing/small-plugins.ts'
import { SmallProject } from './testing/small-project.ts'

const pipeline = `pipeline: small
stages:
  numbers: { uses: collect/lines, with: { path: "in/*.txt" } }
  kept: { uses: clean/at-least, from: numbers, with: { least: 3 } }
  even: { uses: enrich/even, from: kept, with: {} }
marts: { even: { from: even } }
`
const open: SmallProject[] = []
afterEach(() => {
  for (const one of open.splice(0)) one[Symbol.dispose]()
})
function project(): SmallProject {
  const one = new SmallProject([atLeast, byRemainder, evenOnly], {
    'pipeline.yaml': pipeline,
    'in/a.txt': '1\n2\n3\n4\n',
  })
  open.push(one)
  return one
}
const planned = async (
  one: SmallProject,
  more: { readonly select?: readonly string[]; readonly fullRefresh?: boolean } = {},
) =>
  Object.fromEntries(
    [...(await stepActions(await one.plan(), { engine: duckdbEngine, ...more }))].map(
      ([stage, { action, reason }]) => [stage, `${action}: ${reason}`],
    ),
  )

describe('what a run would do', () => {
  it('is all at first, nothing after, and what changed with what reads it', async () => {
    const one = project()
    expect(await planned(one)).toMatchObject({ kept: 'run: it never ran', even: 'run: it never ran' })
    await one.run()
    expect(await planned(one)).toMatchObject({
      kept: 'reuse: nothing changed',
      even: 'reuse: nothing changed',
    })
    expect((await planned(one)).numbers).toMatch(/^reuse/)
    one.write('in/a.txt', '1\n2\n3\n4\n5\n')
    expect(await planned(one)).toMatchObject({
      kept: 'run: numbers: a.txt grew by 2 bytes',
      even: 'run: kept runs',
    })
    expect((await planned(one)).numbers).toMatch(/^run/)
    expect(await planned(one, { fullRefresh: true })).toMatchObject({ even: 'run: --full-refresh' })
    expect(await planned(one, { select: ['kept'] })).toMatchObject({
      kept: 'run: numbers: a.txt grew by 2 bytes',
      even: 'skip: not selected',
    })
  })

  it('goes on where the last run ended before its time', async () => {
    const one = project()
    await one.run({ dryRun: false })
    one.write('in/a.txt', '4\n')
    await one.run()
    const folder = join(one.folder, '.sillage/small/runs')
    const last = join(folder, readdirSync(folder).sort().at(-1)!)
    const lines = readFileSync(last, 'utf8').trim().split('\n')
    const cut = lines.findIndex((line) => line.includes('"step_started"') && line.includes('"even"'))
    writeFileSync(last, `${lines.slice(0, cut + 1).join('\n')}\n`)
    one.write('in/a.txt', '6\n8\n')
    expect((await planned(one)).even).toBe('resume: the last run ended before this step was done')
    const { run } = await one.run()
    expect(run.steps.find(({ stage }) => stage === 'even')!.action).toBe('resume')
  })
})
