import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { duckdbEngine } from '@sillage/duckdb/engine'
import { placesOf } from '@sillage/pipeline'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { removeStale, stalePipelines } from './stale-pipelines.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sillage-stale-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function write(name: string, text = 'abc'): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true })
  writeFileSync(join(folder, name), text)
}

it('pipelines that ran under a name that no file bears are told with what they hold', () => {
  const places = placesOf(folder)
  expect(stalePipelines(places, [])).toEqual([])
  write('.sillage/old/work.duckdb')
  write('.sillage/old/runs/1.jsonl', 'abcd')
  write('.sillage/journals/runs/1.jsonl')
  write('.sillage/known/work.duckdb')
  write('.sillage/tmp/work.duckdb')
  write('.sillage/empty/notes')
  write('.sillage/file')
  write('marts/old.duckdb')
  const own = (name: string) => join(folder, '.sillage', name)
  expect(stalePipelines(places, ['known'])).toEqual([
    { pipeline: 'journals', folder: own('journals'), bytes: 3, mart: null },
    { pipeline: 'old', folder: own('old'), bytes: 7, mart: join(folder, 'marts/old.duckdb') },
  ])
})

it('what they left goes, unless a process works on it; marts stay', async () => {
  const places = placesOf(folder)
  write('marts/old.duckdb')
  const path = join(folder, '.sillage/old/work.duckdb')
  {
    await using _ = await duckdbEngine.openDatabase({ path })
    const [stale] = stalePipelines(places, [])
    expect(removeStale(places, stale!)).toBe(false)
    expect(existsSync(path)).toBe(true)
  }
  const [stale] = stalePipelines(places, [])
  expect(removeStale(places, stale!)).toBe(true)
  expect([existsSync(join(folder, '.sillage/old')), existsSync(join(folder, 'marts/old.duckdb'))]).toEqual([
    false,
    true,
  ])
})
