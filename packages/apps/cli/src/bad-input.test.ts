import { describe, expect, it } from 'vitest'
import { TestProject } from './testing/project.ts'

interface Found {
  readonly code: string
  readonly line: number
  readonly hint?: string
}

const head = 'pipeline: bad\nas_of: 2026-01-01\nstages:\n'
const source = '  raw: { uses: collect/parquet, with: { path: rows.parquet } }\n'

/** Text of a pipeline → the code, the line and (part of) the hint of a diagnostic that must be among those found. */
const cases: readonly (readonly [name: string, text: string, code: string, line: number, hint?: string])[] = [
  ['a tab as indentation', 'pipeline: bad\nstages:\n\traw: 1\n', 'yaml_tab_as_indent', 3, 'spaces'],
  ['a key twice', `${head}${source}${source}`, 'yaml_duplicate_key', 5, 'rename'],
  [
    'an alias bomb',
    `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n`,
    'yaml_aliases',
    1,
  ],
  ['an empty file', '', 'pipeline_empty', 1],
  ['an unknown top key', `${head}${source}stagez: {}\n`, 'key_unknown', 5, 'stages'],
  ['an unknown plugin', `${head}  raw: { uses: collect/parket }\n`, 'plugin_unknown', 4, 'collect/parquet'],
  [
    'an unknown option',
    `${head}  raw: { uses: collect/parquet, with: { pathh: x } }\n`,
    'key_unknown',
    4,
    'path',
  ],
  ['a missing option', `${head}  raw: { uses: collect/parquet, with: {} }\n`, 'path_missing', 4],
  [
    'configuration of the wrong type',
    `${head}  raw: { uses: collect/parquet, with: { path: 7 } }\n`,
    'type_wrong',
    4,
  ],
  [
    'a stage that is not there',
    `${head}${source}  b: { uses: enrich/derive, from: rww, with: { columns: { a: "1" } } }\n`,
    'stage_unknown',
    5,
    'raw',
  ],
  [
    'a cycle',
    `${head}  a: { uses: enrich/derive, from: b, with: { columns: { x: "1" } } }\n  b: { uses: enrich/derive, from: a, with: { columns: { y: "1" } } }\n`,
    'cycle',
    4,
  ],
  [
    'a type with a comma without quotes',
    `${head}${source}  b: { uses: clean/contract, from: raw, with: { columns: { a: { type: decimal(12,2) } } } }\n`,
    'key_unknown',
    5,
    'quotes',
  ],
  [
    'an interpolation without quotes inside braces',
    `${head}  raw: { uses: collect/parquet, with: { path: ${'${env:X}'}/a } }\n`,
    'yaml_',
    4,
    'quotes',
  ],
  [
    'a variable that is not set',
    `${head}  raw: { uses: collect/parquet, with: { path: "${'${env:SILLAGE_NOT_SET}'}" } }\n`,
    'env_missing',
    4,
  ],
  ['a day that does not exist', `pipeline: bad\nas_of: 2026-02-30\nstages:\n${source}`, 'as_of_invalid', 2],
  ['a missing file', `${head}${source}`, 'file_not_found', 4],
  [
    'a folder instead of a file',
    `${head}  raw: { uses: collect/parquet, with: { path: . } }\n`,
    'file_is_folder',
    4,
  ],
]

describe('bad input', () => {
  it.each(cases.map(([name, text, code, line, hint]) => ({ name, text, code, line, hint })))(
    '$name is told with its line and what to do',
    async ({ text, code, line, hint }) => {
      using project = new TestProject({ 'pipeline.yaml': text })
      const ended = await project.run(['validate', 'pipeline.yaml', '--output', 'json'])
      const { valid, diagnostics } = ended.json() as {
        readonly valid: boolean
        readonly diagnostics: readonly Found[]
      }
      expect(ended.exit).toBe(78)
      expect(valid).toBe(false)
      const match = diagnostics.find((found) => found.code.startsWith(code))
      expect(match, JSON.stringify(diagnostics)).toBeDefined()
      expect(match!.line).toBe(line)
      if (hint) expect(match!.hint).toContain(hint)
      const text2 = await project.run(['run', 'pipeline.yaml'])
      expect(text2.exit).toBe(78)
      expect(text2.err).not.toMatch(/\n\s+at /)
    },
  )

  it('says all errors of a file at once', async () => {
    using project = new TestProject({
      'pipeline.yaml': `${head}  a: { uses: collect/parket }\n  b: { uses: enrich/deriv, from: zzz, with: {} }\nmarts: { m: { from: nowhere } }\n`,
    })
    const { diagnostics } = (await project.run(['validate', '--output', 'json'])).json() as {
      readonly diagnostics: readonly Found[]
    }
    expect(diagnostics.map((found) => [found.code, found.line])).toEqual([
      ['plugin_unknown', 4],
      ['plugin_unknown', 5],
      ['stage_unknown', 5],
      ['stage_unknown', 6],
    ])
  })

  it('says what a plugin finds wrong beside an unknown column', async () => {
    using project = new TestProject({
      'a.csv': 'id,amount\n1,2\n',
      'pipeline.yaml': `${head}  a: { uses: collect/csv, with: { path: a.csv } }
  b:
    uses: clean/contract
    from: a
    with:
      columns:
        id: { from: idd, type: integer }
        amount: { type: integre }
        day: { from: amount, type: date, pattern: x }
  c:
    uses: segment/tiers
    from: a
    with: { value: amont, into: tier, tiers: [ { name: x, below: 10 }, { name: y, from: 12 } ] }
`,
    })
    const { diagnostics } = (await project.run(['validate', '--output', 'json'])).json() as {
      readonly diagnostics: readonly Found[]
    }
    expect(diagnostics.map((found) => [found.code, found.line])).toEqual([
      ['column_unknown', 10],
      ['unknown_type', 11],
      ['option_not_for_type', 12],
      ['column_unknown', 16],
      ['tiers_have_a_hole', 16],
    ])
  })

  it.each<[string[], number]>([
    [['run', 'nowhere.yaml'], 2],
    [['run', '--threads', 'many'], 2],
    [['frobnicate'], 2],
    [['query', 'x.duckdb', 'select 1'], 2],
    [['--help'], 0],
    [['run', '--help'], 0],
  ])('the command line %j exits %i', async (args, exit) => {
    using project = new TestProject()
    const ended = await project.run(args)
    expect(ended.exit).toBe(exit)
    expect(ended.err).not.toMatch(/\n\s+at /)
  })
})
