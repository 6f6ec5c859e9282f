import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { runPaths } from '@sillage/ledger'
import { placesOf } from '@sillage/pipeline'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { removeLeftovers, removeTails } from './leftovers.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sillage-leftovers-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))
const paths = () => runPaths({ places: placesOf(folder), pipeline: 'small' })
function write(path: string, text = ''): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

it('copies of new lines go, other copies stay', () => {
  removeTails(paths())
  const scratch = join(dirname(paths().database), 'scratch')
  for (const name of ['a.tail', 'b.csv', 'tail.csv']) write(join(scratch, name))
  removeTails(paths())
  expect(readdirSync(scratch).sort()).toEqual(['b.csv', 'tail.csv'])
})

it('what was spilled goes, and a journal without an end gets one', () => {
  const { temp, journals, database } = paths()
  write(join(temp, 'spilled'), 'x')
  const started = (pid: number) =>
    `${JSON.stringify({ event: 'run_started', at: '2026-01-01T00:00:00.000Z', run: `r${pid}`, pipeline: 'small', pid, command: '', stages: [] })}\n`
  // No process has such a number.
  write(join(journals, '20260101T000000-0001.jsonl'), started(2 ** 22 + 1))
  const told = removeLeftovers(paths())
  expect([readdirSync(temp), told]).toEqual([[], ['r4194305']])
  expect(readFileSync(join(journals, '20260101T000000-0001.jsonl'), 'utf8')).toContain('"interrupted"')
  expect(removeLeftovers(paths())).toEqual([])
  expect(existsSync(database)).toBe(false)
})
