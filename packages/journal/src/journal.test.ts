import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { JournalWriter, lastRuns, readLines, summarise } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'sillage-journal-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const now = () => new Date('2026-01-01T00:00:00Z')

function begin(run: string): string {
  const path = join(folder, `${run}.jsonl`)
  using writer = new JournalWriter(path, now)
  writer.append({
    event: 'run_started',
    run,
    pipeline: 'p',
    pid: 1,
    command: 'sillage run',
    stages: ['a', 'b'],
  })
  writer.append({ event: 'step_started', stage: 'a', plugin: 'collect/csv' })
  return path
}

it('a torn last line is left out, and the run counts as running at its stage', () => {
  const path = begin('20260101T000000-0001')
  appendFileSync(path, '{"n":3,"at":"2026-01-01T00:00:00.000Z","event":"step_fin')
  expect(readLines(path).map(({ n }) => n)).toEqual([1, 2])
  expect(summarise(readLines(path))).toMatchObject({ status: 'running', current: 'a' })
})

it('runs come newest first; a journal without a whole line is left out', () => {
  begin('20260101T000000-0002')
  writeFileSync(join(folder, '20260101T000000-0003.jsonl'), '{"n":1,"ev')
  expect(lastRuns(folder, 10).map(({ run }) => run)).toEqual(['20260101T000000-0002', '20260101T000000-0001'])
  expect(lastRuns(join(folder, 'nowhere'), 10)).toEqual([])
})
