import type { Column } from '@sillage/sql'
import { arrowSchema, batchOf, columnData, decodeDictionary } from '@sillage/sql/arrow'
import { type Data, DataType, type Field, Int64, RecordBatch } from 'apache-arrow'
import { badOutput } from './fault.ts'
import { rejectColumn } from './reject-column.ts'

export interface OutputFacts {
  readonly batch: unknown
  /** Rows that went in. */
  readonly rows: number
  readonly output: readonly Column[]
  /** Rules of the plugin; 0 where it refuses nothing. */
  readonly rejects: number
}

/**
 * Holds a plugin to its word: as many rows out as in, the columns of `output` in that order with their types, and `_reject` within
 * its rules (last, BIGINT; all accepted where the plugin left it out). Gives the batch with exactly the schema of `output`.
 */
export function verifyOutput({ batch, rows, output, rejects }: OutputFacts): RecordBatch {
  if (!RecordBatch.isRecordBatch(batch)) throw badOutput('it returned no record batch; use make.batch({ … })')
  if (batch.numRows !== rows)
    throw badOutput(`${count(rows)} in, ${count(batch.numRows)} out; it must keep every row`)
  const schema = arrowSchema(output)
  const found = columnsOf(batch)
  const given = [...found.keys()].filter((name) => name !== rejectColumn.name || rejects === 0)
  const wanted = output.map(({ name }) => name).filter((name) => name !== rejectColumn.name || rejects === 0)
  if (given.join('\n') !== wanted.join('\n'))
    throw badOutput(`columns ${list(given)} where it declares ${list(wanted)}`)
  const columns = schema.fields.map((field) => {
    if (field.name === rejectColumn.name && rejects > 0)
      return verifyRejects({ data: found.get(field.name), rows, rejects })
    return verifyColumn({
      data: found.get(field.name)!,
      field,
      rows,
      type: output.find(({ name }) => name === field.name)!.type,
    })
  })
  return batchOf(schema, rows, columns)
}

function columnsOf(batch: RecordBatch): ReadonlyMap<string, Data> {
  return new Map(batch.schema.fields.map(({ name }, index) => [name, batch.data.children[index]!]))
}

function verifyColumn({
  data,
  field,
  rows,
  type,
}: {
  readonly data: Data
  readonly field: Field
  readonly rows: number
  readonly type: string
}): Data {
  if (data.length !== rows)
    throw badOutput(`column "${field.name}" has ${count(data.length)}, the batch ${count(rows)}`)
  if (String(data.type) === String(field.type)) return data
  if (
    DataType.isUtf8(field.type) &&
    DataType.isDictionary(data.type) &&
    DataType.isUtf8(data.type.dictionary)
  )
    return decodeDictionary(data)
  throw badOutput(
    `column "${field.name}" is ${String(data.type)} where it declares ${type} (${String(field.type)})`,
  )
}

function verifyRejects({
  data,
  rows,
  rejects,
}: {
  readonly data: Data | undefined
  readonly rows: number
  readonly rejects: number
}): Data {
  if (!data) return columnData({ type: new Int64(), rows, values: new BigInt64Array(rows) })
  if (!DataType.isInt(data.type))
    throw badOutput(`column "_reject" is ${String(data.type)} where it must be an integer`)
  if (data.length !== rows || data.nullCount > 0)
    throw badOutput('column "_reject" holds nulls; 0 means accepted')
  const values: BigInt64Array =
    data.values instanceof BigInt64Array ? data.values : BigInt64Array.from(data.values, BigInt)
  const limit = 1n << BigInt(rejects)
  for (let row = 0; row < rows; row += 1) {
    if (values[row]! < 0n || values[row]! >= limit)
      throw badOutput(`column "_reject" sets a bit beyond its ${rejects} rules`)
  }
  return columnData({ type: new Int64(), rows, values: values.subarray(0, rows) })
}

function count(rows: number): string {
  return `${rows.toLocaleString('en')} rows`
}

function list(names: readonly string[]): string {
  return `[${names.join(', ')}]`
}
