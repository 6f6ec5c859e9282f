import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toldBy } from '../kills/reference.ts'
import { isSame, martSnapshot, type Snapshot } from '../kills/snapshot.ts'
import { type Ended, Project } from '../project.ts'
import { mountDisk, type SmallDisk } from './small-disk.ts'

export interface DiskCounts {
  readonly runs: number
  /** Runs that ended for want of room, as they should. */
  readonly full: number
  /** Undefined where disks can be mounted. */
  readonly skipped: string | undefined
  readonly problems: readonly string[]
}

/** The input stands on a disk of its own, with room. */
const pipeline = (input: string): string => `pipeline: disk
stages:
  raw: { uses: collect/csv, with: { path: "${input}" } }
  wide: { uses: enrich/derive, from: raw, with: { columns: { a: "md5(id || 'a')", b: "md5(id || 'b')", c: "md5(id || 'c')" } }, expect: [ { unique: [id] } ] }
  sorted: { uses: clean/dedupe, from: wide, with: { keys: [[a]], order: [{ by: b }] } }
marts: { rows: { from: sorted } }
`

const fullCodes = ['disk_full', 'spill_full']

/** Runs on disks of several sizes, on a disk that is read-only, and with a small one for what is spilled; with room again each must go on. */
export async function fillDisks(megabytes: readonly number[]): Promise<DiskCounts> {
  const problems: string[] = []
  let runs = 0
  let full = 0
  const folder = mkdtempSync(join(tmpdir(), 'sillage-disk-'))
  const input = join(folder, 'rows.csv')
  const told = (ended: Ended, what: string, codes: readonly string[]): void => {
    runs += 1
    if (ended.exit === 0) return
    const code = codeOf(ended)
    if (codes.includes(code)) full += 1
    else problems.push(`${what}: ${toldBy(ended)}`)
  }
  try {
    using probe = mountDisk(join(folder, 'probe'), 1)
    if (!probe) return { runs, full, skipped: 'mounting a small disk needs root on Linux', problems }
    for (const size of megabytes) {
      using disk = mountDisk(join(folder, `of-${size}`), size)!
      await onSmallDisk({ input, disk, size, told, problems })
    }
    await readOnly({ folder, input, told, problems })
    await smallSpill({ folder, input, told, problems })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return { runs, full, skipped: undefined, problems }
}

interface Facts {
  readonly input: string
  readonly told: (ended: Ended, what: string, codes: readonly string[]) => void
  readonly problems: string[]
}

async function onSmallDisk({
  input,
  disk,
  size,
  told,
  problems,
}: Facts & { readonly disk: SmallDisk; readonly size: number }): Promise<void> {
  writeFileSync(input, csv(500))
  using project = new Project({ 'pipeline.yaml': pipeline(input) }, disk.path)
  const first = await project.run(['run', '--output', 'json'])
  told(first, `first run on ${size} MB`, fullCodes)
  const before = await martOf(project)
  writeFileSync(input, csv(25_000))
  const second = await project.run(['run', '--output', 'json'])
  told(second, `run on ${size} MB`, fullCodes)
  if (second.exit !== 0) await holdMart({ project, before, what: `a full disk of ${size} MB`, problems })
  disk.remount('size=200m')
  await mustRun({ project, rows: 25_000, what: `room after ${size} MB`, problems })
}

async function readOnly({
  folder,
  input,
  told,
  problems,
}: Facts & { readonly folder: string }): Promise<void> {
  using disk = mountDisk(join(folder, 'read-only'), 60)!
  writeFileSync(input, csv(500))
  using project = new Project({ 'pipeline.yaml': pipeline(input) }, disk.path)
  await mustRun({ project, rows: 500, what: 'a disk', problems })
  const before = await martOf(project)
  writeFileSync(input, csv(600))
  disk.remount('ro')
  const ended = await project.run(['run', '--output', 'json'])
  told(ended, 'run on a read-only disk', ['not_writable'])
  if (ended.exit === 0) problems.push('a run on a read-only disk says that it succeeded')
  await holdMart({ project, before, what: 'a read-only disk', problems })
  disk.remount('rw')
  await mustRun({ project, rows: 600, what: 'a disk that can be written again', problems })
}

async function smallSpill({
  folder,
  input,
  told,
  problems,
}: Facts & { readonly folder: string }): Promise<void> {
  writeFileSync(input, csv(500))
  using project = new Project({ 'pipeline.yaml': pipeline(input) }, folder)
  await mustRun({ project, rows: 500, what: 'a disk', problems })
  const before = await martOf(project)
  writeFileSync(input, csv(1_200_000))
  const args = ['run', '--memory', '150MB', '--output', 'json']
  {
    using _spill = mountDisk(project.path('.sillage/tmp'), 8)!
    const ended = await project.run(args)
    told(ended, 'run with 8 MB to spill to', fullCodes)
    if (ended.exit === 0) problems.push('a run with 8 MB to spill to did not spill')
    await holdMart({ project, before, what: 'a small disk to spill to', problems })
  }
  await mustRun({ project, rows: 1_200_000, what: 'room to spill to', problems, args })
}

async function mustRun({
  project,
  rows,
  what,
  problems,
  args = ['run', '--output', 'json'],
}: {
  readonly project: Project
  readonly rows: number
  readonly what: string
  readonly problems: string[]
  readonly args?: readonly string[]
}): Promise<void> {
  const ended = await project.run(args)
  if (ended.exit !== 0) return void problems.push(`with ${what}: ${toldBy(ended)}`)
  const { run } = JSON.parse(ended.out) as {
    readonly run: { readonly steps: readonly { readonly stage: string; readonly rows_out: number }[] }
  }
  const out = run.steps.find(({ stage }) => stage === 'sorted')?.rows_out
  if (out !== rows) problems.push(`with ${what}: ${out} of ${rows} rows`)
}

async function holdMart({
  project,
  before,
  what,
  problems,
}: {
  readonly project: Project
  readonly before: Snapshot | undefined
  readonly what: string
  readonly problems: string[]
}): Promise<void> {
  try {
    const now = await martOf(project)
    if (before === undefined ? now !== undefined : !now || !isSame(before, now))
      problems.push(`${what} changed the mart`)
  } catch (error) {
    problems.push(`${what} broke the mart: ${(error as Error).message}`)
  }
}

function martOf(project: Project): Promise<Snapshot | undefined> {
  return martSnapshot(project.path('marts/disk.duckdb'))
}

function codeOf({ out }: Ended): string {
  try {
    const told = JSON.parse(out) as {
      readonly error?: { readonly code: string }
      readonly run?: { readonly error?: { readonly code: string } }
    }
    return told.error?.code ?? told.run?.error?.code ?? ''
  } catch {
    return ''
  }
}

function csv(rows: number): string {
  return `id\n${Array.from({ length: rows }, (_, id) => id).join('\n')}\n`
}
