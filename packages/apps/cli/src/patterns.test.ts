import { Database } from '@sillage/duckdb'
import { compilePattern, patternProblem } from '@sillage/inbox/pattern'
import { sql } from '@sillage/sql'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TestProject } from './testing/project.ts'

const part = fc.constantFrom(
  ...[
    'a',
    'b',
    'é',
    'É',
    'ß',
    'ſ',
    'K',
    '\u212a',
    '😀',
    '.',
    '^',
    '$',
    '\\b',
    '\\B',
    '\\d',
    '\\w',
    '\\W',
    '\\s',
    '\\S',
    '\\A',
    '\\z',
  ],
  ...[
    '[a-c]',
    '[^a-c]',
    '[[:alpha:]]',
    '[^[:digit:]]',
    '\\p{L}',
    '\\P{L}',
    '\\pN',
    '\\p{Greek}',
    '[\\p{L}\\d-]',
    '[é-ü]',
  ],
  ...[
    'a*',
    'a+?',
    'b{2}',
    '(?:ab){1,3}',
    '(a|b)',
    '(a|)',
    '|',
    '(?i)',
    '(?i:é)',
    '(?s).',
    '(?s:.)',
    '(?m)^',
    '(?m:$)',
    '(?U)a+',
  ],
  ...['\\Qa.b\\E', '\\x41', '\\x{e9}', '\\.', '\\-', '\\n', '\\t', '(?P<n>a)', '(?<n>b)', '-', ' ', '/', '@'],
  ...[
    '(a)\\1',
    '(?=a)',
    '(?!a)',
    '(?<=a)',
    '(?<!a)',
    '(?>a)',
    'a++',
    '\\Z',
    '\\G',
    '(',
    ')',
    '[',
    'a{1001}',
    'a**',
    '(?#x)',
    '\\u0041',
    '\\k<n>',
  ],
)
const pattern = fc
  .array(part, { minLength: 1, maxLength: 5 })
  .map((parts) => parts.join(''))
  // A name twice is refused outside of SQL only.
  .filter((source) => source.split('(?P<n>').length < 3)
const text = fc.string({
  unit: fc.constantFrom(
    'a',
    'b',
    'A',
    'B',
    'c',
    'é',
    'É',
    's',
    'ſ',
    'k',
    '\u212a',
    'ß',
    'α',
    '😀',
    '1',
    '_',
    '-',
    ' ',
    '\n',
    '\t',
    '.',
    '@',
  ),
  maxLength: 8,
})

describe('a pattern', () => {
  it('gives one answer in SQL and outside of it, and is refused by both or by neither', async () => {
    await using database = await Database.open({ path: ':memory:' })
    using session = await database.session()
    await fc.assert(
      fc.asyncProperty(pattern, fc.array(text, { minLength: 1, maxLength: 6 }), async (source, texts) => {
        const asked = sql.join(texts.map((value, index) => sql`(${index}, ${value})`))
        const inSql = await session
          .rows<{ whole: boolean }>(
            `select regexp_full_match(t, ${sql.literal(source).text}) as whole from (values ${asked.text}) v(i, t) order by i`,
          )
          .then((rows) => rows.map(({ whole }) => whole))
          .catch(() => 'refused')
        const outside =
          patternProblem(source) === undefined
            ? texts.map((value) => compilePattern(`^(?:${source})$`).test(value))
            : 'refused'
        expect(outside, source).toEqual(inSql)
      }),
      { seed: 20261129, numRuns: 3000 },
    )
  })

  it.each(['(a)\\\\1', '(?=4)4', '(?<!b)x', '('])(
    'of a contract that RE2 cannot is refused at its place: %s',
    async (source) => {
      using project = new TestProject({
        'f.csv': 'id\n1\n',
        'pipeline.yaml': `pipeline: p
as_of: 2026-01-01
stages:
  a: { uses: collect/csv, with: { path: f.csv, all_text: true } }
  b:
    uses: clean/contract
    from: a
    with:
      columns:
        id: { type: text, pattern: "${source}" }
`,
      })
      const ended = await project.run(['validate', 'pipeline.yaml'])
      expect([ended.exit, ended.out + ended.err]).toEqual([
        78,
        expect.stringMatching(/^pipeline\.yaml:10:36 error .*RE2.*\[pattern_invalid\]/),
      ])
    },
  )
})
