import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { succeeded } from './testing/outcome.ts'
import { ownSql } from './testing/own-plugin.ts'
import { TestProject } from './testing/project.ts'

/** Cuts what is longer than three characters, and warns of it. */
const cuts = ownSql({
  name: 'enrich/own',
  body: `return {
    select: sql\`select *, left(name, 3) as short, length(name) > 3 as _cut from \${input}\`,
    warnings: [
      { code: 'cut', message: 'names are longer than 3 characters', hint: 'shorten them', count: sql\`count(*) filter (where _cut)\` },
      { code: 'never', message: 'this is not so', count: sql\`count(*) filter (where id is null)\` },
    ],
  }`,
})

const files = {
  'sillage.yaml': 'plugins: ["./plugins/*.ts"]\n',
  'plugins/own.ts': cuts,
  'a.jsonl': '{"_id": 1, "id": 2, "name": "Zoé"}\n{"_id": 3, "id": 4, "name": "Julien"}\n',
  'pipeline.yaml': `pipeline: p
stages:
  raw: { uses: collect/json, with: { path: a.jsonl } }
  mine: { uses: enrich/own, from: raw }
marts: { m: { from: mine } }
`,
}
const cut = {
  stage: 'mine',
  code: 'cut',
  message: 'names are longer than 3 characters',
  hint: 'shorten them',
  count: 1,
}
const renamed = { stage: 'raw', code: 'columns_renamed', message: expect.stringContaining('_id is called') }

it('tells what sources and steps warn of in the result, the terminal, the journal, the mart and again where they are reused', async () => {
  using project = new TestProject(files)
  const first = succeeded(await project.run(['run', '--output', 'json']))
  expect(first.warnings).toEqual([cut, expect.objectContaining(renamed)])
  const again = await project.run(['run'])
  expect(again.err).toMatch(/! mine +names are longer than 3 characters \(1\)\n +→ shorten them/)
  expect(again.err).toContain('_id is called id_1')
  const [journal] = readdirSync(join(project.folder, '.sillage/p/runs')).sort()
  const told = readFileSync(join(project.folder, '.sillage/p/runs', journal!), 'utf8')
    .split('\n')
    .filter((line) => line.includes('"event":"warning"'))
    .map((line) => JSON.parse(line) as object)
  expect(told).toEqual([
    expect.objectContaining({ event: 'warning', ...cut }),
    expect.objectContaining({ event: 'warning', ...renamed }),
  ])
  const mart = await project.run([
    'query',
    'p',
    'select stage, code, "count" from sillage.warnings order by stage',
    '--output',
    'json',
  ])
  expect(mart.json()).toMatchObject({
    rows: [
      { stage: 'mine', code: 'cut', count: 1 },
      { stage: 'raw', code: 'columns_renamed', count: null },
    ],
  })
})

it('tells what is known before the run when a pipeline is validated or planned', async () => {
  using project = new TestProject(files)
  const valid = await project.run(['validate', '--output', 'json'])
  expect(valid.json()).toMatchObject({
    valid: true,
    diagnostics: [{ severity: 'warning', code: 'columns_renamed', line: 3 }],
  })
  expect((await project.run(['plan'])).err).toContain('_id is called id_1')
})

it('counts names that a cleaning step wrote anew, and keeps the count out of what is published', async () => {
  using project = new TestProject({
    'a.csv': 'id,name,title,mail\n1,JEAN-PAUL,Madame,a@x.example\n2,Zoé,Mme,b@x.example\n3,  Ann ,,\n',
    'pipeline.yaml': `pipeline: p
stages:
  raw: { uses: collect/csv, with: { path: a.csv, all_text: true } }
  people: { uses: clean/contacts, from: raw, with: { name: { first: name }, civility: title, email: mail } }
marts: { m: { from: people } }
`,
  })
  const { warnings } = succeeded(await project.run(['run', '--output', 'json']))
  expect(warnings).toMatchObject([{ stage: 'people', code: 'names_respelled', count: 2 }])
  const mart = await project.run(['query', 'p', 'select * from m order by id', '--output', 'json'])
  expect((mart.json() as { readonly rows: readonly object[] }).rows[0]).toEqual({
    id: '1',
    name: 'Jean-Paul',
    title: 'Mme',
    mail: 'a@x.example',
    mail_status: 'ok',
  })
})
