import { expect, it } from 'vitest'
import { ownBatch } from './testing/own-plugin.ts'
import { TestProject } from './testing/project.ts'

const model = (units: string, statistics: string) => `import { defineModel } from '@sillage/sdk'
export default defineModel({ name: 'predict/own', summary: 'A test.', description: 'A test.', examples: [],
  config: { type: 'object', properties: {}, additionalProperties: false },
  rows: 'same', units: ({ input, sql }) => sql\`${units}\`, statistics: ({ units, sql }) => sql\`${statistics}\`,
  reads: () => ['id'], output: () => [{ name: 'p', type: 'DOUBLE' }],
  fit: () => ({}), apply: ({ batch, make }) => make.batch({ p: make.double(Array.from({ length: batch.numRows }, () => 1)) }) })
`

const project = (plugin: string, uses: string) =>
  new TestProject({
    'f.csv': 'id,mail\n1,zoe@mail.example\n2,bob@mail.example\n',
    'sillage.yaml': 'plugins: ["./own.ts"]\n',
    'own.ts': plugin,
    'pipeline.yaml': `pipeline: p
as_of: 2026-01-01
stages:
  a: { uses: collect/csv, with: { path: f.csv, all_text: true } }
${uses.includes('from: c') ? '  c: { uses: enrich/derive, from: a, with: { columns: { bad: "cast(mail as integer)" } } }\n' : ''}  m: ${uses}
`,
  })

it.each([
  [
    'units',
    model('select *, cast(mail as integer) as n from ${input}', 'select 1 as one'),
    '{ uses: predict/own, from: a }',
  ],
  [
    'statistics',
    model('select * from ${input}', 'select cast(mail as integer) as n from ${units}'),
    '{ uses: predict/own, from: a }',
  ],
  [
    'statistics of a date',
    model('select * from ${input}', "select year(strptime(mail, '%d/%m/%Y')) as n from ${units}"),
    '{ uses: predict/own, from: a }',
  ],
  [
    'a batch that reads a view',
    ownBatch('return make.batch({ len: make.integer(Array.from({ length: batch.numRows }, () => 1)) })'),
    '{ uses: enrich/own, from: c, with: { column: bad } }',
  ],
])('SQL of %s that meets bad data says where, and no value', async (_, plugin, uses) => {
  using at = project(plugin, uses)
  const ended = await at.run(['run'])
  const told = ended.out + ended.err
  expect(ended.exit, told).toBe(1)
  expect(told).toMatch(/statement_failed|stream_failed/)
  expect(told).toMatch(/"[mc]"/)
  expect(told).not.toContain('report it')
  expect(told + at.files('.sillage/p/runs').join('\n')).not.toMatch(/zoe|mail\.example/)
})
