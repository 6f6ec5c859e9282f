import { t } from '@sillage/sdk'
import { expect, it } from 'vitest'
import { checkRoles } from './check-roles.ts'

const columns = [
  { name: 'id', type: 'BIGINT' },
  { name: 'sum', type: 'DECIMAL(12,2)' },
  { name: 'name', type: 'VARCHAR' },
  { name: 'day', type: 'DATE' },
  { name: 'at', type: 'TIMESTAMP' },
  { name: 'open', type: 'BOOLEAN' },
]

/** The codes that a configuration gives, with where they stand. */
async function found(config: object, schema: object): Promise<readonly string[]> {
  const facts = {
    stage: { name: 'one', config, plugin: { config: schema }, inputs: { input: [{ stage: 'lines' }] } },
    inputs: { first: columns, columns: { input: columns } },
    expressions: {
      check: async (text: string, names: readonly string[]) =>
        names.includes(text) ? [] : [{ code: 'expression_invalid', message: text }],
      patternProblem: async (text: string) => (text === '(' ? 'it does not close' : undefined),
    },
    at: (path: readonly (string | number)[]) => ({ file: path.join('.'), line: 1, column: 1 }),
  }
  const diagnostics = await checkRoles(facts as unknown as Parameters<typeof checkRoles>[0])
  return diagnostics.map(({ code, file, message, hint }) => `${file} ${code}: ${message} → ${hint ?? ''}`)
}

it('names a column that is not there, and the nearest', async () => {
  expect(await found({ by: 'nmae' }, t.object({ by: t.column() }))).toEqual([
    'by column_unknown: "lines" has no column "nmae" → did you mean "name"?',
  ])
})

it.each([
  ['number', ['id', 'sum'], 'name', 'not_numeric: "name" is VARCHAR, not a number'],
  ['time', ['day', 'at'], 'sum', 'not_a_time: "sum" is DECIMAL(12,2), not a date or a timestamp'],
  ['text', ['name'], 'id', 'not_a_text: "id" is BIGINT, not a text'],
  ['boolean', ['open'], 'day', 'not_a_truth_value: "day" is DATE, not a truth value'],
] as const)('holds a column to be a %s', async (type, fitting, other, said) => {
  const schema = t.object({ by: t.column({ type }) })
  for (const name of fitting) expect(await found({ by: name }, schema)).toEqual([])
  const [first = ''] = await found({ by: other }, schema)
  expect(first).toContain(`by ${said} → give it`)
})

it('keeps names to itself that begin with an underscore', async () => {
  expect(await found({ into: '_rank' }, t.object({ into: t.newColumn() }))).toEqual([
    `into name_reserved: "_rank" is reserved: names that begin with _ are the engine's → call it rank`,
  ])
})

it('asks of expressions and patterns at their places', async () => {
  const schema = t.object({
    where: t.expression(),
    like: t.pattern(),
    each: t.map(t.expression(), { 'x-scope': 'earlier-keys', 'x-key-role': 'new-column' }),
  })
  const config = { where: 'sum', like: '(', each: { first: 'id', second: 'first', third: 'fourth' } }
  const codes = (await found(config, schema)).map((line) => line.split(':')[0])
  expect(codes).toEqual(['like pattern_invalid', 'each.third expression_invalid'])
})
