import type { FileHandle } from 'node:fs/promises'
import { sourceFailed } from '@sillage/sdk'
import { Endianness } from 'apache-arrow/fb/endianness'
import type { Field } from 'apache-arrow/fb/field'
import { Footer } from 'apache-arrow/fb/footer'
import { Message } from 'apache-arrow/fb/message'
import { MessageHeader } from 'apache-arrow/fb/message-header'
import { Schema } from 'apache-arrow/fb/schema'
import { Type } from 'apache-arrow/fb/type'
import { ByteBuffer } from 'flatbuffers'

const fileMark = 'ARROW1'
const continuation = 0xffffffff

/** Kinds of which the reader knows nothing, or that it takes for others. */
const unread: Readonly<Partial<Record<Type, string>>> = {
  [Type.Union]: 'a union',
  [Type.RunEndEncoded]: 'run-end encoded',
  [Type.ListView]: 'a list view',
  [Type.LargeListView]: 'a list view',
}

/** Looks at the schema before the reader does. Throws `arrow_not_read`, with the column and what it is, for what cannot be read; what is no schema is left to the reader. */
export async function assertReadable(file: FileHandle, shown: string): Promise<void> {
  const schema = await schemaOf(file).catch(() => undefined)
  if (schema === undefined) return
  if (schema.endianness() === Endianness.Big) throw notRead(shown, 'the file', 'big-endian')
  for (let index = 0; index < schema.fieldsLength(); index += 1) assertField(schema.fields(index)!, shown)
}

/** That of the footer of a file, or of the first message of a stream. */
async function schemaOf(file: FileHandle): Promise<Schema | undefined> {
  const { size } = await file.stat()
  const head = await bytesAt(file, 0, 8)
  if (head.toString('latin1', 0, fileMark.length) === fileMark) {
    const end = size - fileMark.length - 4
    const length = (await bytesAt(file, end, 4)).readInt32LE(0)
    const footer = Footer.getRootAsFooter(new ByteBuffer(await bytesAt(file, end - length, length)))
    return footer.schema() ?? undefined
  }
  const isMarked = head.readUInt32LE(0) === continuation
  const length = head.readInt32LE(isMarked ? 4 : 0)
  const message = Message.getRootAsMessage(new ByteBuffer(await bytesAt(file, isMarked ? 8 : 4, length)))
  if (message.headerType() !== MessageHeader.Schema) return undefined
  return (message.header(new Schema()) as Schema | null) ?? undefined
}

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { size } = await file.stat()
  if (position < 0 || length <= 0 || position + length > size) throw new Error('no such bytes')
  const { buffer } = await file.read(Buffer.alloc(length), 0, length, position)
  return buffer
}

function assertField(field: Field, shown: string, before = ''): void {
  const name = `${before}${field.name() ?? ''}`
  const what = unread[field.typeType()]
  if (what !== undefined) throw notRead(shown, `the column "${name}"`, what)
  for (let index = 0; index < field.childrenLength(); index += 1)
    assertField(field.children(index)!, shown, `${name}.`)
}

/** What stands in a file and cannot be given to DuckDB as it is. */
export function notRead(shown: string, what: string, kind: string): Error {
  return sourceFailed({
    code: 'arrow_not_read',
    message: `${shown}: ${what} is ${kind}, which is not read`,
    hint: 'omit it, or write it as text, a list or a struct; Parquet files are read with all their types',
  })
}
