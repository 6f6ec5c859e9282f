import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { JournalWriter, lastRuns, readLines, repairJournals, summarise } from './index.ts'

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

it('the journal of a run that was killed gets its end, also after a torn line; one that lives is left alone', () => {
  const killed = begin('20260102T000000-0001')
  appendFileSync(killed, '{"n":3,"at":"2026-01-01T00:00:00.000Z","event":"step_fin')
  const alive = begin('20260102T000000-0002')
  const before = readLines(alive).length
  expect(repairJournals(folder, () => true)).toEqual([])
  expect(repairJournals(folder, () => false)).toContain('20260102T000000-0001')
  expect(summarise(readLines(killed))).toMatchObject({
    status: 'interrupted',
    current: undefined,
    error: { code: 'interrupted', stage: 'a', hint: expect.any(String) },
  })
  expect(readLines(alive).length).toBe(before + 1)
  expect(repairJournals(folder, () => false)).toEqual([])
})
