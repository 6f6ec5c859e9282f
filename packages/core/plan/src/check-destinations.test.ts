import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { placesOf } from '@sillage/pipeline'
import { afterAll, expect, it } from 'vitest'
import { checkDestinations, partOfProject, realPathOf } from './check-destinations.ts'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sillage-places-')))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const at = (name: string) => join(folder, name)
function write(name: string): void {
  mkdirSync(dirname(at(name)), { recursive: true })
  writeFileSync(at(name), '')
}
for (const name of ['in/a.csv', 'notes.md', 'out/x', 'marts/m', 'other.csv']) write(name)
symlinkSync(at('in'), at('linked'))

const pipeline = {
  project: folder,
  places: placesOf(folder),
  file: at('shop/flow.csv'),
  sending: [] as readonly string[],
}
const sink = (stage: string, ...paths: readonly string[]) => ({
  style: 'sink',
  stage,
  files: paths.map((path) => ({ path: at(path) })),
  delivery: { shared: false, destination: 'd' },
})
const source = { style: 'source', stage: 'raw', files: [at('in/a.csv')] }
const told = (steps: readonly object[], more: object = {}) =>
  checkDestinations(steps as never, {
    pipeline: { ...pipeline, ...more } as never,
    locate: { key: () => undefined } as never,
  }).map(({ code, message }) => `${code}: ${message}`)

it('a file that a stage reads or another writes is taken, by whatever link it is reached', () => {
  expect(told([source, sink('a', 'out/a.csv'), sink('b', 'out/b.csv')])).toEqual([])
  expect(told([source, sink('a', 'linked/a.csv')])).toEqual([
    'destination_taken: "a" writes the file that "raw" uses: one would overwrite the other',
  ])
  expect(told([sink('a', 'out/a.csv'), sink('b', 'out/../out/a.csv')])).toEqual([
    'destination_taken: "b" writes the file that "a" uses: one would overwrite the other',
  ])
  expect(told([sink('a', 'state/a.csv')])).toEqual([
    'destination_of_project: "a" would write over the state (state/a.csv)',
  ])
})

it.each([
  ['shop/flow.csv', 'its own pipeline file'],
  ['.sillage/a', 'the working files (.sillage/a)'],
  ['state', 'the state (state)'],
  ['marts/a.csv', 'the marts (marts/a.csv)'],
  ['secrets/a', 'the secrets (secrets/a)'],
  ['node_modules/a', 'the installed packages (node_modules/a)'],
  ['.git/a', 'the repository (.git/a)'],
  ['sub/package.json', 'a file of the project (sub/package.json)'],
  ['.env', 'a file of the project (.env)'],
  ['notes.md', 'a file of the project (notes.md)'],
  ['new.md', undefined],
  ['other.csv', undefined],
  ['statement/a.csv', undefined],
  ['../outside/package.json', undefined],
])('%s is %s', (path, part) => {
  expect(partOfProject(realPathOf(at(path)), pipeline as never)).toBe(part)
})

it('a path that is not there yet is real as far as it is', () => {
  expect(realPathOf(at('linked/none/deep.csv'))).toBe(at('in/none/deep.csv'))
  expect(realPathOf('/')).toBe('/')
})

it('two environments that send must differ in their places', () => {
  const two = { sending: ['prod', 'stage'] }
  expect(told([sink('a')], { sending: ['prod'] })).toEqual([])
  expect(told([sink('a')], two)).toEqual([
    'environments_deliver_alike: The environments "prod" and "stage" both send, and "a" delivers to one place in both: each would undo what the other told',
  ])
  expect(told([{ ...sink('a'), delivery: { shared: true, destination: 'd' } }], two)).toEqual([])
  expect(told([{ ...sink('a'), delivery: { shared: false, destination: '${secret:url}' } }], two)).toEqual([])
})
