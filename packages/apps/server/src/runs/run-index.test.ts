import { appendFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import type { Host, ServedPipeline } from '../host.ts'
import { Jobs } from '../jobs/jobs.ts'
import { RunIndex } from './run-index.ts'

const root = mkdtempSync(join(tmpdir(), 'sillage-run-index-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const at = '2026-01-01T00:00:00.000Z'
const line = (event: object): string => `${JSON.stringify({ n: 1, at, ...event })}\n`
const runName = (index: number): string => `2026010${index}T000000-000${index}`
const start = (index: number): string =>
  line({
    event: 'run_started',
    run: runName(index),
    pipeline: 'p',
    pid: 10 + index,
    command: 'sillage run',
    stages: ['a'],
  })
const step = line({
  event: 'step_finished',
  stage: 'a',
  plugin: 'clean/contract',
  action: 'run',
  rows_in: 9,
  rows_out: 8,
  rejected: 1,
  merged: 0,
  filtered: 0,
  seconds: 0.5,
})

const happening = fc.record({
  run: fc.nat(4),
  what: fc.constantFrom('start', 'step', 'succeeded', 'died', 'removed'),
})

it('no counter falls, whatever ends, dies or is removed; what goes on is a number of its own', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 25 }), (happenings) => {
      const journals = mkdtempSync(join(root, 'runs-'))
      const alive = new Set<number>()
      const host = { holders: () => [...alive].map((index) => 10 + index) } as unknown as Host
      const index = new RunIndex(host, new Jobs(host, { atOnce: 1 }))
      const pipeline = { name: 'p', journals } as ServedPipeline
      const before = new Map<string, number>()
      const began = new Set<number>()
      for (const { run, what } of happenings) {
        const file = join(journals, `${runName(run)}.jsonl`)
        const there = readdirSync(journals).includes(`${runName(run)}.jsonl`)
        if (what === 'start' && !began.has(run)) {
          began.add(run)
          alive.add(run)
          writeFileSync(file, start(run))
        } else if (what === 'removed') {
          rmSync(file, { force: true })
          alive.delete(run)
        } else if (what === 'died') alive.delete(run)
        else if (there && alive.has(run) && what !== 'start') {
          appendFileSync(
            file,
            what === 'step' ? step : line({ event: 'run_finished', status: what, seconds: 1 }),
          )
          if (what === 'succeeded') alive.delete(run)
        }
        const totals = index.totals(pipeline)
        expect(totals.running).toBe(alive.size)
        const now = new Map(
          [...totals.all()].map((one) => [`${one.name} ${JSON.stringify(one.labels)}`, one.value]),
        )
        for (const [name, value] of before)
          expect([name, now.get(name) ?? 0]).toEqual([name, Math.max(value, now.get(name) ?? 0)])
        for (const [name, value] of now) before.set(name, value)
        const runs = [...totals.all()].filter(({ name }) => name === 'sillage_runs_total')
        expect(runs.map(({ labels }) => labels.status)).not.toContain('running')
        expect(runs.reduce((sum, { value }) => sum + value, 0) + alive.size).toBe(began.size)
      }
    }),
    { seed: 20261129, numRuns: 100 },
  )
})
