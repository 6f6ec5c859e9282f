import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { ask } from './testing/history.ts'
import { findings } from './testing/outcome.ts'
import { TestProject } from './testing/project.ts'

const settings = (more: string) =>
  `inbox: { forms: { news: { fields: { email: { type: text } }${more} } } }\n`

const pipeline = (name: string) => `pipeline: ${name}
stages:
  raw: { uses: collect/inbox, with: { form: news, columns: { email: email }, record: { entry: id } } }
  lines:
    uses: clean/contract
    from: raw
    with: { columns: { entry: { type: text, required: true }, email: { type: text } } }
    expect: [{ unique: [entry] }]
marts: { people: { from: lines } }
`

const project = new TestProject({
  'sillage.yaml': settings(', remove_after: 90d'),
  'people.yaml': pipeline('people'),
})
afterAll(() => project[Symbol.dispose]())

const receive = (number: number, id: string) =>
  project.write(
    `state/inbox/news/00${number}.jsonl`,
    `{"id":"${id}","at":"2023-11-14T00:00:00.000Z","form":"news","body":{"email":"${id}@x.fr"}}\n`,
  )
const files = () => readdirSync(join(project.folder, 'state/inbox/news')).sort()
const emails = async () =>
  (await ask(project, 'select email from people order by email', 'people')).map(
    (row) => (row as { email: string }).email,
  )
interface Told {
  readonly removed: readonly { readonly path: string; readonly bytes: number; readonly ended: string }[]
  readonly kept: number
  readonly needed_by: readonly string[]
}
const told = async <T>(...args: readonly string[]): Promise<T> => {
  const ended = await project.run([...args, '--output', 'json'])
  expect(ended.exit, ended.err + ended.out).toBe(0)
  return ended.json() as T
}
const gc = async (...args: readonly string[]) => (await told<{ inbox: readonly Told[] }>('gc', ...args)).inbox

const days = [1_700_000_000_000, 1_700_086_400_000, 1_700_172_800_000, 1_700_259_200_000]

it('old records of a form are removed once every pipeline has read and published them, and not before', async () => {
  for (const [index, number] of days.entries()) receive(number, `p${index}`)
  expect(await gc()).toMatchObject([{ removed: [], kept: 3, needed_by: ['people.raw'] }])
  expect((await project.run(['run', 'people'])).exit).toBe(0)

  project.write('late.yaml', pipeline('late'))
  expect(await gc()).toMatchObject([{ removed: [], kept: 3, needed_by: ['late.raw'] }])
  project.write('late.yaml', 'pipeline: late\nstages: {')
  const unknown = await project.run(['gc', '--output', 'json'])
  expect(unknown.exit).not.toBe(0)
  expect(unknown.out).toContain('reader_unknown')
  rmSync(join(project.folder, 'late.yaml'))
  project.write('sillage.yaml', settings(''))
  expect(await gc()).toEqual([])
  project.write('sillage.yaml', settings(', remove_after: 90d'))
  expect(files()).toHaveLength(4)

  // Asked for otherwise, it would begin anew.
  project.write('people.yaml', pipeline('people').replace('email: email', 'email: mail'))
  expect(await gc()).toMatchObject([{ removed: [], needed_by: ['people.raw'] }])
  project.write('people.yaml', pipeline('people'))

  const before = await told('plan', 'people')
  expect(await gc('--dry-run')).toMatchObject([
    { removed: [{ ended: '2023-11-15T22:13:20.000Z' }, {}, {}], kept: 0, needed_by: [] },
  ])
  expect(files()).toHaveLength(4)
  expect((await project.run(['gc'], { SILLAGE_FAULT: 'inbox.after_remove' })).exit).toBe(-1)
  expect(files()).toHaveLength(3)
  expect((await project.run(['gc'])).out).toContain(
    'form news: removed 2 old files of records up to 2023-11-17',
  )
  expect(files()).toEqual([`00${days[3]}.jsonl`])
  expect((await project.run(['gc'])).out).toContain('form news: nothing to remove')

  expect(await told('plan', 'people')).toEqual(before)
  const { run } = await told<{ run: { steps: readonly { action: string }[] } }>('run', 'people')
  expect(run.steps.map(({ action }) => action)).toEqual(['reuse', 'reuse'])
  receive(days[3]! + 1, 'p4')
  expect((await project.run(['run', 'people'])).exit).toBe(0)
  expect(await emails()).toEqual(['p0@x.fr', 'p1@x.fr', 'p2@x.fr', 'p3@x.fr', 'p4@x.fr'])
})

it('what was read by a run that published nothing stays until one does', async () => {
  receive(days[3]! + 2, 'p4')
  receive(days[3]! + 3, 'p5')
  const failed = await project.run(['run', 'people'])
  expect(failed.err + failed.out).toContain('[check_failed]')
  expect(await gc()).toMatchObject([{ removed: [], needed_by: ['people.raw'] }])
  project.write('people.yaml', pipeline('people').replace('    expect: [{ unique: [entry] }]\n', ''))
  expect((await project.run(['run', 'people'])).exit).toBe(0)
  expect(await gc()).toMatchObject([{ kept: 0, needed_by: [], removed: [{}, {}, {}] }])
  expect(await emails()).toHaveLength(7)
})

it('less than a day, for which keys are known, is refused', async () => {
  project.write('sillage.yaml', settings(', remove_after: 3h'))
  const refused = await project.run(['validate', 'people', '--output', 'json'])
  expect(findings(refused)).toMatchObject([{ code: 'duration_invalid' }])
  project.write('sillage.yaml', settings(''))
})
