import { type FileHandle, open } from 'node:fs/promises'
import { blanked, readLines } from './read-lines.ts'
import { formFolder, formsIn, segmentsIn } from './segments.ts'

/** How many lines of a segment were taken out. */
export interface BlankedSegment {
  readonly form: string
  readonly file: string
  readonly records: number
}

/**
 * Takes records out of the segments of all forms: their lines are written over with blanks. No byte moves, so that cursors stay right and a
 * server may go on adding lines behind. A line that a stopped call left half is finished by the next.
 */
export async function blankRecords(
  inbox: string,
  isTheirs: (line: string) => boolean,
): Promise<readonly BlankedSegment[]> {
  const done: BlankedSegment[] = []
  for (const form of formsIn(inbox))
    for (const { path: file } of segmentsIn(formFolder(inbox, form)))
      done.push({ form, file, records: await blankSegment(file, isTheirs) })
  return done
}

/** Takes all lines between two places of a segment out of it. What stands there are whole lines. */
export async function blankRange(
  path: string,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<void> {
  await using handle = await open(path, 'r+')
  for await (const { lines } of readLines(path, { from, to }))
    for (const { bytes, start } of lines) await blank(handle, start, bytes.length)
  await handle.datasync()
}

async function blankSegment(path: string, isTheirs: (line: string) => boolean): Promise<number> {
  await using handle = await open(path, 'r+')
  const { size } = await handle.stat()
  let records = 0
  for await (const { lines, blanks } of readLines(path, { from: 0, to: size })) {
    for (const { bytes, start } of blanks)
      if (bytes.some((byte, index) => index > 0 && byte !== space)) await blank(handle, start, bytes.length)
    for (const { bytes, start } of lines) {
      if (!isTheirs(bytes.toString('utf8'))) continue
      await blank(handle, start, bytes.length)
      records += 1
    }
  }
  await handle.sync()
  return records
}

const space = 0x20

/** First byte, last byte, then the rest: the order by which `readLines` sees that a line goes while it is read. */
async function blank(handle: FileHandle, start: number, length: number): Promise<void> {
  await handle.write(Buffer.from([blanked]), 0, 1, start)
  await handle.write(Buffer.from([space]), 0, 1, start + length - 1)
  await handle.write(Buffer.alloc(length - 1, space), 0, length - 1, start + 1)
}
