import { SillageError } from '@sillage/base'
import type { Data } from 'apache-arrow'
import { bitmapBytes } from './bits.ts'

/** A column whose type has no flat Arrow column. */
export function unsupportedType({
  column,
  type,
}: {
  readonly column: string
  readonly type: string
}): SillageError {
  return new SillageError({
    code: 'unsupported_type',
    message: `column "${column}" has the type ${type}, which cannot travel as an Arrow column`,
    hint: `cast it in SQL first: cast("${column}" as varchar), or to_json("${column}") for lists and structs`,
    facts: { column, type },
  })
}

/** A batch that does not have the columns of the table it is written to. */
export function batchMismatch({
  table,
  found,
}: {
  readonly table: string
  readonly found: string
}): SillageError {
  return new SillageError({
    code: 'batch_mismatch',
    message: `a batch does not fit the table ${table}: ${found}`,
    hint: 'give the batch the columns and types that the table has',
    facts: { table },
  })
}

/** Bytes that are not UTF-8 in a text column. */
export function invalidText({ column }: { readonly column: string }): SillageError {
  return new SillageError({
    code: 'invalid_text',
    message: `column "${column}" holds bytes that are not UTF-8`,
    hint: 'decode the bytes before they become text, or declare the column as BLOB',
    facts: { column },
  })
}

/** A text that is no value of the ENUM it is written to. */
export function notInEnum({
  column,
  type,
}: {
  readonly column: string
  readonly type: string
}): SillageError {
  return new SillageError({
    code: 'not_in_enum',
    message: `column "${column}" holds a text that its type does not name`,
    hint: 'declare the column as VARCHAR, or add the value to the ENUM',
    facts: { column, type },
  })
}

/** A column that counts nulls must have the bits that say which: they may have been given away with a message, and all rows would seem to have values. */
export function assertValidity({ nullCount, nullBitmap, offset, length }: Data, column: string): void {
  if (nullCount > 0 && nullBitmap.length < bitmapBytes(offset + length)) throw shortColumn({ column })
}

/** A column whose buffers hold fewer rows than it says. */
export function shortColumn({ column }: { readonly column: string }): SillageError {
  return new SillageError({
    code: 'batch_mismatch',
    message: `column "${column}" holds fewer values than rows`,
    hint: 'make columns with the batch maker, one value a row',
    facts: { column },
  })
}
