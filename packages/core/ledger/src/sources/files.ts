import { createHash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
} from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { didYouMean, SillageError } from '@sillage/base'
import type { FileState, Files, KnownSource } from '@sillage/plan'
import { hashPieces } from './file-pieces.ts'

/** Sorted absolute paths of the files that a path, list or glob names. Throws `file_not_found`, `file_is_folder`, `file_empty`. */
export async function findFiles(path: string | readonly string[], from: string): Promise<readonly string[]> {
  const found = await Promise.all((typeof path === 'string' ? [path] : path).map((one) => findOne(one, from)))
  return [...new Set(found.flat())].sort()
}

async function findOne(path: string, from: string): Promise<readonly string[]> {
  const absolute = resolve(from, path)
  if (existsSync(absolute)) {
    if (statSync(absolute).isDirectory())
      throw new SillageError({
        code: 'file_is_folder',
        message: `${shown(path)} is a folder`,
        hint: `name its files: ${path.replace(/\/$/, '')}/*.csv`,
      })
    return [absolute]
  }
  if (!/[*?[{]/.test(path)) throw notFound(path, absolute)
  const { glob } = await import('tinyglobby')
  const matches = await glob(path, { cwd: from, absolute: true, onlyFiles: true, expandDirectories: false })
  if (matches.length === 0)
    throw new SillageError({
      code: 'file_not_found',
      message: `No file matches ${shown(path)}`,
      hint: `it is looked for from ${relative(process.cwd(), from) || '.'}`,
    })
  return matches
}

function notFound(path: string, absolute: string): SillageError {
  if (lstatSync(absolute, { throwIfNoEntry: false })?.isSymbolicLink())
    return new SillageError({
      code: 'file_not_found',
      message: `${shown(path)} is a link to a file that does not exist`,
      hint: 'point the link at a file, or name the file itself',
    })
  const folder = dirname(absolute)
  const siblings = existsSync(folder) && statSync(folder).isDirectory() ? readdirSync(folder) : []
  const hint = existsSync(folder)
    ? (didYouMean(basename(absolute), siblings) ?? 'its folder is empty')
    : `its folder ${relative(process.cwd(), folder)} does not exist either`
  return new SillageError({ code: 'file_not_found', message: `${shown(path)} does not exist`, hint })
}

function shown(path: string): string {
  return JSON.stringify(path)
}

const sampleBytes = 65_536

/** Files up to here are covered by the samples that their state hashes. */
export const sampledBytes = 3 * sampleBytes

/**
 * What changes when the content of a file may have changed: size, time, and a hash of head, middle and tail. Never the folder. Where these
 * samples do not cover the file, its time of change too, which no copying or unpacking sets back.
 */
export function fileStates(files: readonly string[]): readonly FileState[] {
  return files.map((file) => {
    const { size, mtimeMs, ctimeMs } = statSync(file)
    return {
      name: basename(file),
      size,
      modified: Math.trunc(mtimeMs),
      changed: size > sampledBytes ? ctimeMs : 0,
      hash: sampleHash(file, size),
    }
  })
}

/** Hash of head, middle and tail of the first `size` bytes. */
function sampleHash(file: string, size: number): string {
  const hash = createHash('sha256')
  const handle = openSync(file, 'r')
  try {
    for (const start of new Set([
      0,
      Math.max(0, Math.floor(size / 2) - sampleBytes / 2),
      Math.max(0, size - sampleBytes),
    ])) {
      const buffer = Buffer.alloc(Math.min(sampleBytes, size - start))
      readSync(handle, buffer, 0, buffer.length, start)
      hash.update(buffer)
    }
  } finally {
    closeSync(handle)
  }
  return hash.digest('hex').slice(0, 32)
}

/** The folder, made where it is not there yet; who cannot write hears of it when they do. */
function existing(folder: string): string {
  try {
    mkdirSync(folder, { recursive: true })
  } catch {
    return folder
  }
  return folder
}

/** The planner's view of the machine's files. `own` is the pipeline's folder in `.sillage`. */
export function localFiles({
  own,
  dataset,
  martOf,
  lastColumns = () => undefined,
}: {
  readonly own: string
  readonly dataset: Files['dataset']
  readonly martOf: Files['martOf']
  readonly lastColumns?: Files['lastColumns']
}): Files {
  let last: ReadonlyMap<string, KnownSource> | undefined
  const known = new Map<string, FileState>()
  // A plan sees each file once: what changes while it is made is another plan's.
  const stateOf = (file: string): FileState => {
    const state = known.get(file) ?? fileStates([file])[0]!
    known.set(file, state)
    return state
  }
  return {
    find: findFiles,
    dataset,
    states: async (files) => files.map((file) => stateOf(file)),
    hashOfStart: sampleHash,
    holds,
    martOf,
    lastColumns,
    get scratch() {
      return existing(join(own, 'scratch'))
    },
    lastSource: (stage) => {
      last ??= readSources(join(own, 'sources.json'))
      return last.get(stage)
    },
  }
}

/** Small files are covered by their samples. */
const holds: Files['holds'] = async (file, { bytes, pieces }) => {
  if (bytes <= sampledBytes) return true
  return pieces !== undefined && (await hashPieces(file, { to: bytes }))?.join() === pieces.join()
}

/** What the last run left. It only spares reading: a run believes the ledger. */
export function readSources(file: string): ReadonlyMap<string, KnownSource> {
  try {
    return new Map(Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, KnownSource>))
  } catch {
    return new Map()
  }
}
