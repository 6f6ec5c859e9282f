import { type ChildProcess, fork } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { toldBy } from '../kills/reference.ts'
import { Project } from '../project.ts'
import type { Look } from './reader.ts'

export interface ReaderCounts {
  readonly runs: number
  readonly looks: number
  readonly errors: number
  readonly mixed: number
  readonly problems: readonly string[]
}

const pipeline = `pipeline: read
stages:
  raw: { uses: collect/csv, with: { path: orders.csv } }
  customers: { uses: clean/dedupe, from: raw, with: { keys: [[customer]], order: [{ by: id }] } }
marts:
  lines: { from: raw }
  customers: { from: customers }
`

/** Lets readers look at a mart without pause while runs publish new versions of it, and holds each look to the run that it names. */
export async function readWhileRunning({
  runs,
  processes,
  readersEach,
}: {
  readonly runs: number
  readonly processes: number
  readonly readersEach: number
}): Promise<ReaderCounts> {
  using project = new Project({ 'pipeline.yaml': pipeline })
  const expected = new Map<string, string>()
  const problems: string[] = []
  const publish = async (version: number): Promise<void> => {
    const rows = 50 + ((version * 37) % 400)
    const customers = 1 + ((version * 11) % 40)
    const lines = Array.from({ length: rows }, (_, id) => `${id},c${id % customers}`)
    project.write('orders.csv', `id,customer\n${lines.join('\n')}\n`)
    const ended = await project.run(['run', '--output', 'json'])
    if (ended.exit !== 0) problems.push(toldBy(ended))
    else {
      const { run } = JSON.parse(ended.out) as { readonly run: { readonly id: string } }
      expected.set(run.id, JSON.stringify({ run: run.id, rows, groups: customers }))
    }
  }
  await publish(0)
  const readers = Array.from({ length: processes }, () =>
    startReaders(project.path('marts/read.duckdb'), readersEach),
  )
  for (let version = 1; version <= runs; version += 1) await publish(version)
  const seen = await Promise.all(readers.map(stop))
  const errors = seen.flatMap((one) => one.errors)
  const mixed = seen
    .flatMap((one) => one.looks)
    .filter((look) => expected.get(look.run) !== JSON.stringify(look))
  problems.push(...errors.slice(0, 10), ...mixed.slice(0, 10).map((look) => JSON.stringify(look)))
  return {
    runs,
    looks: seen.reduce((sum, one) => sum + one.count, 0),
    errors: errors.length,
    mixed: mixed.length,
    problems,
  }
}

interface Seen {
  readonly looks: readonly Look[]
  readonly errors: readonly string[]
  readonly count: number
}

function startReaders(
  link: string,
  readers: number,
): { readonly child: ChildProcess; readonly seen: Promise<Seen> } {
  const file = fileURLToPath(new URL('../../dist/readers/reader.js', import.meta.url))
  if (!existsSync(file)) throw new Error('the package faults is not built: readers cannot start')
  const child = fork(file, [link, String(readers)])
  const seen = new Promise<Seen>((done, fail) => {
    child.once('message', (message) => done(message as Seen))
    child.once('exit', (exit, signal) => fail(new Error(`a reader ended with ${exit ?? signal}`)))
  })
  return { child, seen }
}

function stop({ child, seen }: ReturnType<typeof startReaders>): Promise<Seen> {
  if (child.connected) child.send('stop')
  return seen
}
