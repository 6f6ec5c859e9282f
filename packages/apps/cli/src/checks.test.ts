import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { failure, type RunOutcome, succeeded } from './testing/outcome.ts'
import { TestProject } from './testing/project.ts'

const rows = 'id,b,n,ref\n1,x,5,1\n2,y,7,2\n2,,9,9\n,z,-1,\n'

/** Check → what it finds, and whether it holds. */
const checks: readonly (readonly [check: string, found: number, holds: boolean])[] = [
  ['not_null: [id]', 1, false],
  [`not_null: [id], where: "b <> 'z' -- a comment"`, 0, true],
  ['unique: [id]', 1, false],
  [`unique: [id], where: "b = 'x'"`, 0, true],
  ['accepted_values: { column: b, values: [x, y] }', 1, false],
  ['accepted_values: { column: n, values: [5, 7, 9, -1] }', 0, true],
  ['range: { column: n, min: 0 }', 1, false],
  ['range: { column: n, above: 0, below: 10 }, where: "n > 0"', 0, true],
  ['relationships: { column: ref, to: raw, field: id }', 1, false],
  ['relationships: { column: ref, to: raw, field: id }, where: "ref < 9"', 0, true],
  ['row_count: { min: 5 }', 4, false],
  ['row_count: { max: 2 }, where: "n > 5"', 2, true],
  ['rejected: { max_share: 0 }', 0, true],
  ['sql: "n > 0"', 1, false],
  [`sql: "n > 0 and as_of > date '2025-01-01'", where: "n > 0"`, 0, true],
]

function checked(severity: string): string {
  return `pipeline: checked
as_of: 2026-01-01
stages:
  raw: { uses: collect/csv, with: { path: a.csv } }
  c:
    uses: enrich/derive
    from: raw
    with: { columns: { z: "1" } }
    expect:
${checks.map(([check]) => `      - { ${check}, severity: ${severity} }\n`).join('')}marts: { m: { from: c } }
`
}

const outcomes = ({ checks: records }: RunOutcome['run']) =>
  records.map(({ status, found }) => [status, found])

describe('checks', () => {
  it('of each kind pass, warn and fail, with where; a failed one keeps the mart of before', async () => {
    using project = new TestProject({ 'a.csv': rows, 'pipeline.yaml': checked('warn') })
    const warned = succeeded(await project.run(['run', '--output', 'json']))
    expect(outcomes(warned)).toEqual(checks.map(([, found, holds]) => [holds ? 'pass' : 'warn', found]))
    const before = readFileSync(warned.mart!)
    project.write('pipeline.yaml', checked('error'))
    const ended = await project.run(['run', '--output', 'json'])
    const { code, stage } = failure(ended)
    expect([code, stage]).toEqual(['check_failed', 'c'])
    expect(outcomes((ended.json() as RunOutcome).run)).toEqual(
      checks.map(([, found, holds]) => [holds ? 'pass' : 'fail', found]),
    )
    expect(readFileSync(warned.mart!).equals(before)).toBe(true)
  })

  it('of refused rows end a run with 4; so does on_reject: fail, and values stay out of all that is said', async () => {
    const contract = (more: string): string => `pipeline: strict
stages:
  raw: { uses: collect/csv, with: { path: a.csv, all_text: true } }
  c: { uses: clean/contract, from: raw, with: { columns: { n: { type: integer, min: 0 } } }, ${more} }
marts: { m: { from: c } }
`
    using project = new TestProject({ 'a.csv': 'n\n1\njane@example.org\n' })
    const cases: readonly (readonly [more: string, code: string])[] = [
      ['expect: [ { rejected: { max_share: 0.25 } } ]', 'too_many_rejects'],
      ['expect: [ { rejected: { max_rows: 0 } } ]', 'too_many_rejects'],
      ['on_reject: fail', 'rows_refused'],
    ]
    for (const [more, code] of cases) {
      project.write('pipeline.yaml', contract(more))
      const ended = await project.run(['run', '--output', 'json'])
      expect(failure(ended, 4)).toMatchObject({ code, stage: 'c' })
      expect(ended.out + ended.err).not.toContain('jane')
    }
    project.write('pipeline.yaml', contract('expect: [ { rejected: { max_share: 0.5 } } ]'))
    succeeded(await project.run(['run', '--output', 'json']))
  })

  it('of lines that do not parse end a run with 4 where the source says on_reject: fail', async () => {
    using project = new TestProject({
      'a.csv': 'id,b\n1,x\n2\n',
      'pipeline.yaml':
        'pipeline: strict\nstages:\n  raw: { uses: collect/csv, with: { path: a.csv }, on_reject: fail }\n  c: { uses: enrich/derive, from: raw, with: { columns: { z: "1" } } }\nmarts: { m: { from: c } }\n',
    })
    for (const _ of ['first', 'again'])
      expect(failure(await project.run(['run', '--output', 'json']), 4)).toMatchObject({
        code: 'rows_refused',
        stage: 'raw',
      })
  })

  it('that a key implies: nulls and duplicates are not published', async () => {
    const keyed = (key: string): string => `pipeline: keyed
stages:
  raw: { uses: collect/csv, with: { path: a.csv } }
marts: { m: { from: raw, key: [${key}] } }
`
    using project = new TestProject({ 'a.csv': rows, 'pipeline.yaml': keyed('n') })
    succeeded(await project.run(['run', '--output', 'json']))
    project.write('pipeline.yaml', keyed('id'))
    const ended = await project.run(['run', '--output', 'json'])
    expect(failure(ended).code).toBe('check_failed')
    expect(outcomes((ended.json() as RunOutcome).run)).toEqual([
      ['fail', 1],
      ['fail', 1],
    ])
  })
})
