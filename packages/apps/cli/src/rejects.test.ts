import { describe, expect, it } from 'vitest'
import { succeeded } from './testing/outcome.ts'
import { TestProject } from './testing/project.ts'

const orders = 'id,x,y\n1,a,5\n2,b\n3,c,bad\n4,,8\n5,,oops\n6,f,9\n'
const pipeline = `pipeline: p
stages:
  raw: { uses: collect/csv, with: { path: orders.csv, all_text: true } }
  lines: { uses: clean/contract, from: raw, with: { columns: { id: { type: integer }, x: { type: text, required: true }, y: { type: integer } } } }
marts: { lines: { from: lines } }
`

interface Rejects {
  readonly rejects: {
    readonly stages: readonly {
      readonly stage: string
      readonly reasons: readonly { readonly samples: readonly unknown[] }[]
    }[]
  }
}

async function rejects(project: TestProject, ...args: readonly string[]): Promise<Rejects['rejects']> {
  const ended = await project.run(['rejects', 'p', ...args, '--output', 'json'])
  expect(ended.exit, ended.out + ended.err).toBe(0)
  return (ended.json() as Rejects).rejects
}

async function ran(text = orders): Promise<TestProject> {
  const project = new TestProject({ 'orders.csv': text, 'pipeline.yaml': pipeline })
  succeeded(await project.run(['run', '--output', 'json']))
  return project
}

describe('rejects', () => {
  it('shows the rows of a step that refused them all, and failed the run by it', async () => {
    using project = new TestProject({ 'orders.csv': 'id,x,y\n1,a,bad\n', 'pipeline.yaml': pipeline })
    expect((await project.run(['run', '--output', 'json'])).exit).toBe(4)
    const { stages } = await rejects(project)
    expect(stages.map(({ stage, reasons }) => [stage, reasons.length])).toEqual([['lines', 1]])
  })

  it('counts by stage and reason, with shares of the rows that came in and where each row stands', async () => {
    using project = await ran()
    const { stages } = await rejects(project)
    expect(stages).toMatchObject([
      { stage: 'raw', rows_in: 6, rejected: 1, share: 1 / 6, reasons: [{ column: null, rows: 1 }] },
      {
        stage: 'lines',
        rows_in: 5,
        rejected: 3,
        share: 0.6,
        reasons: [
          { code: 'missing', column: 'x', rows: 2, share: 0.4 },
          { code: 'not_integer', column: 'y', rows: 2, share: 0.4 },
        ],
      },
    ])
    expect(stages[0]!.reasons[0]!.samples).toMatchObject([{ file: 'orders.csv', line: 3 }])
    expect(stages[1]!.reasons.map(({ samples }) => samples)).toMatchObject([
      [
        { file: 'orders.csv', line: 5 },
        { file: 'orders.csv', line: 6, codes: ['x: missing', 'y: not_integer'] },
      ],
      [
        { file: 'orders.csv', line: 4 },
        { file: 'orders.csv', line: 6 },
      ],
    ])
  })

  it('shows one stage, so many rows, or none', async () => {
    using project = await ran()
    const one = await rejects(project, '--stage', 'lines', '--limit', '1')
    expect(one.stages.map(({ stage }) => stage)).toEqual(['lines'])
    expect(one.stages[0]!.reasons.map(({ samples }) => samples.length)).toEqual([1, 1])
    const none = await project.run(['rejects', 'p', '--no-samples'])
    expect(none.out).toContain('3 of 5 rows refused (60.0 %)')
    expect(none.out).toContain('sillage replay p --stage')
    expect(none.out).not.toMatch(/oops|bad/)
    expect((await project.run(['rejects', 'p'])).out).toMatch(/orders\.csv:4 .*bad/)
  })

  it('says so where nothing was refused, nothing ran or there is no such stage', async () => {
    using project = new TestProject({ 'orders.csv': 'id,x,y\n1,a,5\n', 'pipeline.yaml': pipeline })
    const before = await project.run(['rejects', 'p', '--output', 'json'])
    expect(before.exit).toBe(1)
    expect(before.json()).toMatchObject({ error: { code: 'not_run_yet', hint: 'sillage run' } })
    succeeded(await project.run(['run', '--output', 'json']))
    expect(await rejects(project)).toEqual({ pipeline: 'p', stages: [] })
    expect((await project.run(['rejects', 'p'])).out).toBe('Nothing was refused.\n')
    const unknown = await project.run(['rejects', 'p', '--stage', 'line', '--output', 'json'])
    expect(unknown.exit).toBe(2)
    expect(unknown.json()).toMatchObject({
      error: { code: 'stage_unknown', hint: 'did you mean "lines"?' },
    })
  })

  it('sends no control character of a row to the terminal', async () => {
    using project = await ran('id,x,y\n1,a,\u001b[2Jred\n2,b,5\n')
    const { out } = await project.run(['rejects', 'p'])
    expect(out).toContain('red')
    expect(out).not.toContain('\u001b')
  })
})
