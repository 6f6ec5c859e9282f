import { appendFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunSummary, readLines, summarise } from '@sillage/journal'
import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import { JournalFolder } from './journal-folder.ts'
import { RunTotals } from './run-totals.ts'

const root = mkdtempSync(join(tmpdir(), 'sillage-journals-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const at = '2026-01-01T00:00:00.000Z'
const line = (event: object): string => `${JSON.stringify({ n: 1, at, ...event })}\n`
const start = (run: string): string =>
  line({ event: 'run_started', run, pipeline: 'p', pid: 1, command: 'sillage run', stages: ['a', 'b'] })
const step = (stage: string, rejected: number): string =>
  line({
    event: 'step_finished',
    stage,
    plugin: 'clean/contract',
    action: rejected === 3 ? 'reuse' : 'run',
    rows_in: 9,
    rows_out: 9 - rejected,
    rejected,
    merged: 0,
    filtered: 0,
    seconds: 0.5,
  })
const finish = (status: string): string => line({ event: 'run_finished', status, seconds: 1 })

/** What a reader finds who remembers nothing but what was removed. */
function fromScratch(folder: string, removed: readonly RunSummary[]): RunTotals {
  const totals = new RunTotals()
  for (const run of removed) totals.add(run)
  for (const name of readdirSync(folder)) {
    const run = summarise(readLines(join(folder, name)))
    if (run) totals.add(run)
  }
  return totals
}

const told = (totals: RunTotals): object => ({
  lastSuccess: totals.lastSuccess,
  running: totals.running,
  figures: [...totals.all()].sort((a, b) =>
    JSON.stringify(a.labels) + a.name < JSON.stringify(b.labels) + b.name ? -1 : 1,
  ),
})

/** What may happen to the journals of a pipeline, to one of five runs each. */
const happening = fc.record({
  run: fc.nat(4),
  what: fc.constantFrom('start', 'step', 'succeeded', 'failed', 'removed', 'torn'),
  rejected: fc.nat(3),
})

it('whatever happens to journals, the totals are those of all runs that ended, removed ones among them', () => {
  let round = 0
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 25 }), (happenings) => {
      round += 1
      const path = join(root, String(round))
      const folderPath = mkdtempSync(`${path}-runs-`)
      const folder = new JournalFolder(folderPath)
      const ended = new Set<number>()
      const removed: RunSummary[] = []
      for (const { run, what, rejected } of happenings) {
        const file = join(folderPath, `2026010${run}T000000-000${run}.jsonl`)
        const there = readdirSync(folderPath).includes(`2026010${run}T000000-000${run}.jsonl`)
        if (what === 'removed') {
          if (ended.has(run) && there) removed.push(summarise(readLines(file))!)
          rmSync(file, { force: true })
        } else if (what === 'start') {
          if (!there && !ended.has(run)) writeFileSync(file, start(`2026010${run}T000000-000${run}`))
        } else if (there && !ended.has(run)) {
          if (what === 'step') appendFileSync(file, step('a', rejected))
          else if (what === 'torn') appendFileSync(file, '{"n":3,"ev\n')
          else {
            appendFileSync(file, finish(what))
            ended.add(run)
          }
        }
        const { ended: totals, open } = folder.counted()
        const all = totals.copy()
        for (const one of open) all.add(one)
        expect(told(all)).toEqual(told(fromScratch(folderPath, removed)))
        expect(folder.runs().map((one) => one.run)).toEqual(
          readdirSync(folderPath)
            .map((name) => name.slice(0, -'.jsonl'.length))
            .sort()
            .reverse(),
        )
      }
    }),
    { numRuns: 60 },
  )
})

it('figures that are copied grow without those that they were copied from', () => {
  const totals = new RunTotals()
  const copy = totals.copy()
  copy.add(summarise([JSON.parse(start('20260101T000000-0000')), JSON.parse(finish('succeeded'))])!)
  expect([...totals.all()]).toEqual([])
  expect(copy.lastSuccess).toBe(at)
})

it('a journal that is damaged is left out, and keeps nobody from the others', () => {
  const folder = mkdtempSync(join(root, 'damaged-'))
  writeFileSync(join(folder, 'good.jsonl'), start('good') + step('a', 1) + finish('succeeded'))
  for (const [name, text] of Object.entries({
    bare: '{"n":1,"event":"run_started"}\n',
    other: start('good'),
    garbage: 'garbage\n\0\0\n',
    empty: '',
    null: 'null\n[]\n5\n',
    torn: start('torn').slice(0, -20),
  }))
    writeFileSync(join(folder, `${name}.jsonl`), text)
  const journals = new JournalFolder(folder)
  expect(journals.runs().map(({ run }) => run)).toEqual(['good'])
  expect(journals.counted().open).toEqual([])
  expect(journals.run('bare')).toBeUndefined()
})
