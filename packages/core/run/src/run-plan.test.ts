import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { atLeast, byRemainder, evenOnly, losesOne } from './testing/small-plugins.ts'
import { SmallProject } from './testing/small-project.ts'

const pipeline = (more = '') => `pipeline: small
stages:
  numbers: { uses: collect/lines, with: { path: "in/*.txt" } }
  kept: { uses: clean/at-least, from: numbers, with: { least: 3 } }
  even: { uses: enrich/even, from: kept, with: {} }
  rests: { uses: score/by-remainder, from: even, with: { of: 4 } }
marts:
  numbers: { from: even, key: [n] }
  rests: { from: rests, key: [rest] }
${more}`

const open: SmallProject[] = []
afterEach(() => {
  for (const project of open.splice(0)) project[Symbol.dispose]()
})

function project(files: Readonly<Record<string, string>> = {}): SmallProject {
  const one = new SmallProject([atLeast, byRemainder, evenOnly, losesOne], {
    'pipeline.yaml': pipeline(),
    'in/a.txt': '1\n2\n3\n4\n5\n6\n',
    ...files,
  })
  open.push(one)
  return one
}

const actions = ({ run }: Awaited<ReturnType<SmallProject['run']>>) =>
  Object.fromEntries(run.steps.map(({ stage, action }) => [stage, action]))
const versions = ({ folder }: SmallProject) => {
  const place = join(folder, 'marts/.versions/small')
  return existsSync(place) ? readdirSync(place).length : 0
}

describe('a run', () => {
  it('accounts for every row, and publishes', async () => {
    const one = project()
    const { run, exit } = await one.run()
    expect([exit, run.status, run.mart === null]).toEqual([0, 'succeeded', false])
    expect(
      run.steps.map(({ stage, rows_in, rows_out, rejected, merged, filtered }) => [
        stage,
        rows_in,
        rows_out,
        rejected,
        merged,
        filtered,
      ]),
    ).toEqual([
      ['numbers', null, 6, 0, 0, 0],
      ['kept', 6, 4, 2, 0, 0],
      ['even', 4, 2, 0, 0, 2],
      ['rests', 2, 2, 0, 0, 0],
    ])
    expect(await one.rows('select n from enrich.even order by n')).toEqual([{ n: 4 }, { n: 6 }])
    expect(await one.rows('select codes from reject.kept')).toEqual([
      { codes: ['n: too_small'] },
      { codes: ['n: too_small'] },
    ])
    expect(versions(one)).toBe(1)
  })

  it('does nothing twice, and publishes no version that shows the same', async () => {
    const one = project()
    await one.run()
    const second = await one.run()
    expect(new Set(Object.values(actions(second)))).toEqual(new Set(['reuse']))
    expect(second.run.steps.map(({ rows_out }) => rows_out)).toEqual([6, 4, 2, 2])
    expect(versions(one)).toBe(1)
    const third = await one.run({ fullRefresh: true })
    expect(new Set(Object.values(actions(third)))).toEqual(new Set(['run']))
    expect(versions(one)).toBe(1)
  })

  it.each([
    ['a new file', 'in/b.txt', '7\n8\n1\n'],
    ['a file that grew', 'in/a.txt', '1\n2\n3\n4\n5\n6\n7\n8\n1\n'],
  ])('adds what %s brings, and tells the counts of the whole', async (_, name, text) => {
    const one = project()
    await one.run()
    one.write(name, text)
    const { run } = await one.run()
    expect(run.steps.map(({ stage, rows_out, rejected }) => [stage, rows_out, rejected])).toEqual([
      ['numbers', 9, 0],
      ['kept', 6, 3],
      ['even', 3, 0],
      ['rests', 2, 0],
    ])
    expect(
      await one.rows("select first_row, rows from sillage.segments where stage = 'kept' order by 1"),
    ).toEqual([
      { first_row: 0, rows: 6 },
      { first_row: 6, rows: 3 },
    ])
    expect(versions(one)).toBe(2)
  })

  it('leaves nothing of a step that loses rows', async () => {
    const one = project()
    await one.run()
    one.write('pipeline.yaml', pipeline().replace('enrich/even, from: kept', 'enrich/loses, from: kept'))
    const { run, exit } = await one.run()
    expect([exit, run.error?.code, run.error?.stage]).toEqual([1, 'rows_lost', 'even'])
    expect(await one.rows('select n from enrich.even order by n')).toEqual([{ n: 4 }, { n: 6 }])
    expect(versions(one)).toBe(1)
  })

  it('stops before publishing where a check fails, and goes on where it warns', async () => {
    const one = project()
    const checked = (severity: string) =>
      pipeline().replace(
        'from: kept, with: {} }',
        `from: kept, with: {}, expect: [{ row_count: { min: 3 }, severity: ${severity} }] }`,
      )
    one.write('pipeline.yaml', checked('error'))
    const failed = await one.run()
    expect([failed.exit, failed.run.error?.code, versions(one)]).toEqual([1, 'check_failed', 0])
    expect(failed.run.checks).toContainEqual({
      stage: 'even',
      check: 'row_count(3–∞)',
      status: 'fail',
      severity: 'error',
      found: 2,
    })
    one.write('pipeline.yaml', checked('warn'))
    const warned = await one.run()
    expect([warned.exit, versions(one)]).toEqual([0, 1])
    expect(warned.run.checks.find(({ check }) => check.startsWith('row_count'))?.status).toBe('warn')
  })

  it('ends with exit 4 where too many rows are refused, or all, or any where none may be', async () => {
    const expecting = (text: string) =>
      pipeline().replace('with: { least: 3 } }', `with: { least: 3 }, ${text} }`)
    const one = project({ 'pipeline.yaml': expecting('expect: [{ rejected: { max_share: 0.3 } }]') })
    expect(await one.run()).toMatchObject({ exit: 4, run: { error: { code: 'too_many_rejects' } } })
    one.write('pipeline.yaml', expecting('expect: [{ rejected: { max_share: 0.34 } }]'))
    expect((await one.run()).exit).toBe(0)
    one.write('pipeline.yaml', expecting('on_reject: fail'))
    expect(await one.run()).toMatchObject({ exit: 4, run: { error: { code: 'rows_refused' } } })
    one.write('pipeline.yaml', pipeline().replace('least: 3', 'least: 30'))
    expect(await one.run()).toMatchObject({ exit: 4, run: { error: { code: 'too_many_rejects' } } })
  })

  it('runs what is selected with what it reads, and publishes nothing', async () => {
    const one = project()
    const { run } = await one.run({ select: ['kept'] })
    expect(run.steps.map(({ stage }) => stage)).toEqual(['numbers', 'kept'])
    expect(versions(one)).toBe(0)
  })

  it('keeps a sample apart from the real rows', async () => {
    const one = project()
    const { run } = await one.run({ sample: 4 })
    expect(run.steps[0]?.rows_out).toBe(4)
    expect(versions(one)).toBe(0)
    expect(Object.values(actions(await one.run()))).toEqual(['run', 'run', 'run', 'run'])
  })

  it('tells in a dry run what would enter and leave, and does neither', async () => {
    const one = project()
    await one.run()
    one.write('in/a.txt', '3\n4\n8\n')
    const { run } = await one.run({ dryRun: true })
    expect(run.preview?.marts).toEqual([
      { table: 'numbers', rows: 2, published: 2, enter: 1, leave: 1 },
      { table: 'rests', rows: 1, published: 2, enter: 0, leave: 1 },
    ])
    expect(versions(one)).toBe(1)
  })

  it('sends refused rows alone through changed rules, and refuses to where nothing changed', async () => {
    // Stored, so that positions tell which of its rows were refused.
    const stored = pipeline().replace('*.txt" } }', '*.txt" }, expect: [{ row_count: { min: 1 } }] }')
    const one = project({ 'pipeline.yaml': stored })
    await one.run()
    expect(await one.run({ replay: 'kept' })).toMatchObject({
      exit: 1,
      run: { error: { code: 'replay_impossible' } },
    })
    expect(await one.run({ replay: 'kpet' })).toMatchObject({
      exit: 2,
      run: { error: { code: 'stage_unknown' } },
    })
    one.write('pipeline.yaml', stored.replace('least: 3', 'least: 2'))
    const { run } = await one.run({ replay: 'kept' })
    expect(run.replay).toEqual({ stage: 'kept', refused: 2, passed: 1 })
    expect(run.steps.map(({ rows_out }) => rows_out)).toEqual([6, 5, 3, 2])
    expect(await one.rows('select count(*) as n from sillage.reject_history')).toEqual([{ n: 2 }])
  })

  it('ends as interrupted where it is told to stop, and goes on where it was', async () => {
    const one = project()
    const stop = new AbortController()
    const stopped = await one.run({
      signal: stop.signal,
      onEvent: (event) => {
        if (event.kind === 'step_finished' && event.step.stage === 'kept') stop.abort()
      },
    })
    expect([stopped.exit, stopped.run.status]).toEqual([130, 'interrupted'])
    const next = await one.run()
    expect([next.exit, actions(next).kept]).toEqual([0, 'reuse'])
  })

  it('hands the made steps to what follows in place of publishing', async () => {
    const one = project()
    const seen: string[] = []
    await one.run({
      ending: async ({ steps, working }) => {
        seen.push(...steps.keys())
        seen.push(
          String(await working.relations.figure({ text: 'select count(*) from enrich.even' } as never)),
        )
      },
    })
    expect(seen).toEqual(['numbers', 'kept', 'even', 'rests', '2'])
    expect(versions(one)).toBe(0)
  })
})
