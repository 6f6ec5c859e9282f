import { afterAll, describe, expect, it } from 'vitest'
import { SmallPlan } from './testing/small-plan.ts'

const text = (expects: string) => `pipeline: small
as_of: 2026-01-31
stages:
  towns: { uses: collect/rows, with: { path: in/towns.csv } }
  rows:
    uses: collect/rows
    with: { path: in/a.csv }
    expect: [${expects}]
  late: { uses: enrich/add, from: rows, with: { columns: { x: "1" } } }
marts: { late: { from: late }, towns: { from: towns } }
`
const one = new SmallPlan([], {
  'in/a.csv': 'id,town\n1,a\n',
  'in/towns.csv': 'name\na\n',
  'pipeline.yaml': text(''),
})
afterAll(() => one[Symbol.asyncDispose]())
const told = async (expects: string) => {
  one.write('pipeline.yaml', text(expects))
  return (await one.told()).map((line) => line.replace(/^\d+ /, ''))
}
const names = async (expects: string) => {
  one.write('pipeline.yaml', text(expects))
  return (await one.steps()).rows!.expect.map(({ name }) => name)
}

describe('a check', () => {
  it('is called after what it holds, unless it has a name', async () => {
    expect(
      await names(
        `{ not_null: [id, town] }, { unique: [id] }, { accepted_values: { column: town, values: [a] } }, { range: { column: id, min: 1 } }, { relationships: { column: town, to: towns, field: name } }, { row_count: { max: 5 } }, { row_count: { min: 2 } }, { rejected: { max_share: 0.3 } }, { rejected: { max_share: 0.5, max_rows: 3 } }, { sql: "id > 0" }, { unique: [town], name: own }`,
      ),
    ).toEqual([
      'not_null(id, town)',
      'unique(id)',
      'accepted_values(town)',
      'range(id)',
      'relationships(town → towns.name)',
      'row_count(0–5)',
      'row_count(2–∞)',
      'rejected(≤ 30 %)',
      'rejected(≤ 50 %, ≤ 3 rows)',
      'sql(id > 0)',
      'own',
    ])
  })

  it('has its expressions bound to the day', async () => {
    one.write(
      'pipeline.yaml',
      text(`{ sql: "as_of > date '2020-01-01'", where: "id > day(as_of)" }, { unique: [id] }`),
    )
    const [first, second] = (await one.steps()).rows!.expect
    expect(first).toMatchObject({
      where: "(id > day(date '2026-01-31'))",
      expression: "(date '2026-01-31' > date '2020-01-01')",
    })
    expect(second).not.toHaveProperty('where')
  })

  it.each([
    ['{ not_null: [id, twon] }', 'column_unknown: "rows" has no column "twon"'],
    ['{ range: { column: idd, min: 1 } }', 'column_unknown: "rows" has no column "idd"'],
    [
      '{ relationships: { column: town, to: towms, field: name } }',
      'stage_unknown: There is no stage "towms"',
    ],
    [
      '{ relationships: { column: town, to: late, field: x } }',
      'relationship_order: "late" comes after this stage',
    ],
    [
      '{ relationships: { column: town, to: towns, field: nam } }',
      'column_unknown: "towns" has no column "nam"',
    ],
    ['{ sql: "idd > 0" }', 'column_unknown: There is no column "idd" here'],
    ['{ unique: [id], where: "idd > 0" }', 'column_unknown: There is no column "idd" here'],
    ['{ sql: "id > town and lower(id) < 3" }', 'expression_invalid: '],
    [
      '{ relationships: { column: id, to: towns, field: name } }',
      'check_invalid: relationships(id → towns.name) cannot be checked: ',
    ],
    ['{ rejected: { max_rows: 1 } }', undefined],
    ['{ relationships: { column: town, to: towns, field: name } }', undefined],
  ])('%s is told before anything runs', async (expects, said) => {
    const lines = await told(expects)
    if (said === undefined) return expect(lines).toEqual([])
    expect(lines).toHaveLength(1)
    expect(lines[0]!.startsWith(said), lines[0]).toBe(true)
  })
})
