import { type FileHandle, open } from 'node:fs/promises'
import { sourceFailed } from '@sillage/sdk'

/** Where the bytes of the only file of an archive stand. */
export interface ZipMember {
  readonly start: number
  readonly bytes: number
  readonly isDeflated: boolean
}

const endMark = 0x06054b50
const end64Mark = 0x07064b50
const entryMark = 0x02014b50
const longestComment = 65_535
const unknown = 0xffffffff

interface Entry {
  readonly name: string
  readonly method: number
  readonly isEncrypted: boolean
  readonly bytes: number
  readonly header: number
}

/** Finds the only file of a ZIP archive (folders, and what macOS adds, are none). Throws `archive_not_one_file`, `archive_unreadable`, and any Error where it is none. */
export async function onlyMember(path: string, shown: string): Promise<ZipMember> {
  const file = await open(path)
  try {
    const entries = (await entriesOf(file)).filter(
      ({ name }) => !name.endsWith('/') && !/(^|\/)(__MACOSX\/|\.DS_Store$)/.test(name),
    )
    const [entry] = entries
    if (entry === undefined || entries.length > 1) throw notOneFile(shown, entries.length)
    if (entry.isEncrypted || (entry.method !== 0 && entry.method !== 8)) throw notReadable(shown, entry)
    const local = await bytesAt(file, entry.header, 30)
    const start = entry.header + 30 + local.readUInt16LE(26) + local.readUInt16LE(28)
    return { start, bytes: entry.bytes, isDeflated: entry.method === 8 }
  } finally {
    await file.close()
  }
}

async function entriesOf(file: FileHandle): Promise<readonly Entry[]> {
  const { size } = await file.stat()
  const tailStart = Math.max(0, size - longestComment - 22 - 20)
  const tail = await bytesAt(file, tailStart, size - tailStart)
  const end = lastMark(tail)
  let at = tail.readUInt32LE(end + 16)
  let count = tail.readUInt16LE(end + 10)
  if (at === unknown || count === 0xffff) {
    if (end < 20 || tail.readUInt32LE(end - 20) !== end64Mark) throw new Error('no end of the directory')
    const wide = await bytesAt(file, Number(tail.readBigUInt64LE(end - 20 + 8)), 56)
    count = Number(wide.readBigUInt64LE(32))
    at = Number(wide.readBigUInt64LE(48))
  }
  const directory = await bytesAt(file, at, tailStart + end - at)
  const entries: Entry[] = []
  for (let position = 0; entries.length < count; ) {
    if (directory.readUInt32LE(position) !== entryMark) throw new Error('no entry where one should be')
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((offset) =>
      directory.readUInt16LE(position + offset),
    ) as [number, number, number]
    const name = directory.toString('utf8', position + 46, position + 46 + nameBytes)
    const extra = directory.subarray(position + 46 + nameBytes, position + 46 + nameBytes + extraBytes)
    entries.push({
      name,
      method: directory.readUInt16LE(position + 10),
      isEncrypted: (directory.readUInt16LE(position + 8) & 1) === 1,
      ...placeOf(directory.subarray(position), extra),
    })
    position += 46 + nameBytes + extraBytes + commentBytes
  }
  return entries
}

function lastMark(tail: Buffer): number {
  for (let at = tail.length - 22; at >= 0; at -= 1) if (tail.readUInt32LE(at) === endMark) return at
  throw new Error('no end of the directory')
}

/** Sizes past four gigabytes stand in the field 1 of the extra data, in the order of those that are asked for. */
function placeOf(entry: Buffer, extra: Buffer): Pick<Entry, 'bytes' | 'header'> {
  const values = {
    bytes: entry.readUInt32LE(20),
    whole: entry.readUInt32LE(24),
    header: entry.readUInt32LE(42),
  }
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue
    let position = at + 4
    for (const key of ['whole', 'bytes', 'header'] as const) {
      if (values[key] !== unknown) continue
      values[key] = Number(extra.readBigUInt64LE(position))
      position += 8
    }
  }
  return values
}

async function bytesAt(file: FileHandle, position: number, bytes: number): Promise<Buffer> {
  if (bytes < 0) throw new Error('a length below zero')
  const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, position)
  if (bytesRead < bytes) throw new Error('cut short')
  return buffer
}

function notOneFile(shown: string, count: number): Error {
  return sourceFailed({
    code: 'archive_not_one_file',
    message: `${shown} holds ${count} files: only an archive of one is read`,
    hint: 'unpack it and name the files, with a glob if they are many',
  })
}

function notReadable(shown: string, { isEncrypted, method }: Entry): Error {
  return sourceFailed({
    code: 'archive_unreadable',
    message: `${shown} is ${isEncrypted ? 'locked with a password' : `packed by a method (${method}) that is not read`}`,
    hint: 'unpack it, and name the file itself',
  })
}
