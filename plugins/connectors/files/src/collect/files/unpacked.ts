import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createInflateRaw } from 'node:zlib'
import { type SourceContext, sourceFailed } from '@sillage/sdk'
import { Decompress } from 'fzstd'
import type { ReadableFile } from './readable-files.ts'
import { onlyMember } from './zip.ts'

type PipelineStep = NodeJS.ReadableStream | NodeJS.WritableStream | NodeJS.ReadWriteStream

/** How files of an ending are unpacked. */
const kinds: Readonly<
  Record<string, (path: string, shown: string) => Promise<readonly (Readable | Transform)[]>>
> = {
  '.gz': async (path) => [createReadStream(path), createGunzip()],
  '.zst': async (path) => [createReadStream(path), unzstd()],
  '.zip': async (path, shown) => {
    const { start, bytes, isDeflated } = await onlyMember(path, shown)
    if (bytes === 0) return [Readable.from([])]
    const packed = createReadStream(path, { start, end: start + bytes - 1 })
    return isDeflated ? [packed, createInflateRaw()] : [packed]
  },
}

/** The file with the path of its text: of a compressed one, by its ending, a copy in the scratch folder that is made once for each state of it. */
export async function unpacked(
  file: ReadableFile,
  { scratch, signal }: SourceContext,
): Promise<ReadableFile> {
  const ending = extname(file.path).toLowerCase()
  const kind = kinds[ending]
  if (kind === undefined) return file
  const { size, mtimeMs } = await stat(file.path)
  const key = ['unpacked', file.path, size, mtimeMs].join('\n')
  const text = join(scratch, `${createHash('sha256').update(key).digest('hex').slice(0, 24)}.txt`)
  if (existsSync(text)) return { ...file, text }
  await mkdir(scratch, { recursive: true })
  try {
    const steps: readonly PipelineStep[] = [
      ...(await kind(file.path, file.shown)),
      createWriteStream(`${text}.part`),
    ]
    await pipeline(steps, { signal })
  } catch (cause) {
    await rm(`${text}.part`, { force: true })
    signal.throwIfAborted()
    if (isTold(cause)) throw cause
    throw brokenArchive(file.shown, ending, cause)
  }
  await rename(`${text}.part`, text)
  return { ...file, text }
}

/** Errors that say by themselves what is wrong: with the archive, or with the disk. */
function isTold(cause: unknown): boolean {
  const code = String((cause as { readonly code?: unknown }).code)
  return code.startsWith('archive_') || ['ENOSPC', 'EDQUOT', 'EACCES', 'EROFS', 'ENOENT'].includes(code)
}

function unzstd(): Transform {
  const parts: Uint8Array[] = []
  const stream = new Decompress((part) => void parts.push(part))
  const push = (
    chunk: Uint8Array,
    isLast: boolean,
    done: (error: Error | null, text?: Buffer) => void,
  ): void => {
    try {
      stream.push(chunk, isLast)
      done(null, Buffer.concat(parts.splice(0)))
    } catch (error) {
      done(error as Error)
    }
  }
  return new Transform({
    transform: (chunk: Buffer, _, done) => push(chunk, false, done),
    flush: (done) => push(new Uint8Array(0), true, done),
  })
}

function brokenArchive(shown: string, ending: string, cause: unknown): Error {
  return sourceFailed({
    code: 'archive_broken',
    message: `${shown} cannot be unpacked: it is no whole ${ending} file`,
    hint: 'it may be cut short, or named so by mistake: copy it again, or give it the extension of its format',
    cause,
  })
}
