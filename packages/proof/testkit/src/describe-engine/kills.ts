import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { FaultPoint } from '@sillage/base'
import type { Engine } from '@sillage/steps'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EngineProject, type Left } from './engine-project.ts'
import type { EngineUnderTest } from './engine-under-test.ts'
import { header, lines, shop } from './shop.ts'

/** The instants of a run that makes three steps and publishes: those of the engine, and of the marts that it writes. */
const instants: readonly (FaultPoint | `${FaultPoint}@${number}`)[] = [
  'step.before_commit',
  'step.after_commit',
  'step.before_commit@2',
  'step.before_commit@3',
  'views.after_commit',
  'publish.before_checkpoint',
  'publish.before_link',
  'publish.after_ledger',
]

const pipeline = JSON.stringify({
  pipeline: 'shop',
  as_of: '2026-01-01',
  stages: shop,
  marts: { some: { from: 'some', key: ['id'] }, customers: { from: 'customers', key: ['customer'] } },
})

/** Two states of the input: the second has lines more in the last file, and another file. */
const versions = [
  { 'data/a.csv': header + lines(0, 80, true), 'data/b.csv': header, 'data/c.csv': header },
  {
    'data/a.csv': header + lines(0, 80, true),
    'data/b.csv': header + lines(80, 100, true),
    'data/c.csv': header + lines(100, 130, true),
  },
] as const

interface Reference {
  readonly left: Left
  readonly mart: Awaited<ReturnType<EngineProject['mart']>>
}

/** A run that dies leaves what was there or what it committed, and the next one leaves what a run leaves that never died. */
export function describeKills(engine: Engine, place: EngineUnderTest): void {
  describe('kills', () => {
    let project: EngineProject
    let references: readonly Reference[]
    let shown = 0
    beforeAll(async () => {
      references = [await referenceOf(engine, versions[0]), await referenceOf(engine, versions[1])]
      project = new EngineProject(engine, { 'pipeline.yaml': pipeline, ...versions[0] })
      expect((await project.run()).error).toBeUndefined()
    })
    afterAll(() => project[Symbol.dispose]())

    it.each(instants)('at %s', async (instant) => {
      const next = 1 - shown
      for (const [name, content] of Object.entries(versions[next]!)) project.write(name, content)
      expect(await runAndDie(place, project.folder, instant)).toBe('SIGKILL')
      expect(references.map(({ mart }) => mart)).toContainEqual(await project.mart('shop'))
      await expectWhole(project)
      expect((await project.run()).error).toBeUndefined()
      shown = next
      expect(await project.left()).toEqual(references[next]!.left)
      expect(await project.mart('shop')).toEqual(references[next]!.mart)
    })
  })
}

/** A store has one owner, and what an interrupted run made is whole. */
export function describeOwning(engine: Engine): void {
  describe('owning a store', () => {
    it('is for one run at a time', async () => {
      using project = new EngineProject(engine, { 'pipeline.yaml': pipeline, ...versions[0] })
      let second: unknown
      const first = await project.run({
        onEvent: ({ kind }) => {
          if (kind === 'step_started') second ??= project.left().catch((error: unknown) => error)
        },
      })
      expect(first.error).toBeUndefined()
      expect(await second).toMatchObject({ code: 'busy' })
    })

    it('ends where a run is interrupted, and leaves what it committed', async () => {
      const whole = await referenceOf(engine, versions[0])
      using project = new EngineProject(engine, { 'pipeline.yaml': pipeline, ...versions[0] })
      const stop = new AbortController()
      const stopped = await project.run({
        signal: stop.signal,
        onEvent: (event) => {
          if (event.kind === 'step_started' && event.stage === 'some') stop.abort()
        },
      })
      expect(stopped.status).toBe('interrupted')
      await expectWhole(project)
      const { steps } = await project.run()
      expect(steps.find(({ stage }) => stage === 'kept')?.action).toBe('reuse')
      expect(await project.left()).toEqual(whole.left)
    })
  })
}

/** What a run that nobody kills makes of an input. */
async function referenceOf(engine: Engine, files: Readonly<Record<string, string>>): Promise<Reference> {
  using project = new EngineProject(engine, { 'pipeline.yaml': pipeline, ...files })
  expect((await project.run()).error).toBeUndefined()
  return { left: await project.left(), mart: await project.mart('shop') }
}

/** Each stored stage shows as many rows as its ledger says. */
async function expectWhole(project: EngineProject): Promise<void> {
  const { rows, counts } = await project.left()
  for (const [stage, shown] of Object.entries(rows))
    expect([stage, counts[stage]?.rows_out ?? shown.length]).toEqual([stage, shown.length])
}

/** Runs a project in a process that dies at an instant. Gives the signal that ended it, or its words where it did not die. */
export async function runAndDie(place: EngineUnderTest, folder: string, instant: string): Promise<string> {
  const built = fileURLToPath(import.meta.url).replace(/\/src\/(.*)kills\.ts$/, '/dist/$1kill-child.js')
  const child = spawn(process.execPath, [built, place.module, place.name, folder], {
    env: { ...process.env, SILLAGE_FAULT: instant },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const words: string[] = []
  child.stderr.on('data', (chunk) => words.push(String(chunk)))
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
  return signal ?? `ended with ${code}: ${words.join('')}`
}
