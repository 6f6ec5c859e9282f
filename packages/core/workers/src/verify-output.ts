import type { Rows } from '@sillage/sdk'
import type { Column } from '@sillage/sql'
import { arrowSchema, batchOf, columnData, decodeDictionary } from '@sillage/sql/arrow'
import { type Data, DataType, type Field, Int64, RecordBatch } from 'apache-arrow'
import { fromColumn, rejectColumn } from './engine-columns.ts'
import { badOutput } from './fault.ts'

export interface OutputFacts {
  readonly batch: unknown
  /** Rows that went in, and where the first of them stands in the input. */
  readonly rowsIn: number
  readonly firstRow?: number
  /** What the plugin does to them. */
  readonly does: Rows
  readonly output: readonly Column[]
  /** Rules of the plugin; 0 where it refuses nothing. */
  readonly rejects: number
}

/**
 * Holds a plugin to its word: as many rows out as it may give, each from a row that came in, groups that hold them all; the columns of `output`
 * in that order with their types, and `_reject` within its rules (last, BIGINT; all accepted where the plugin left it out). Gives the batch with
 * exactly the schema of `output`, and `_from` counted over the whole input.
 */
export function verifyOutput({
  batch,
  rowsIn,
  firstRow = 0,
  does,
  output,
  rejects,
}: OutputFacts): RecordBatch {
  const given = recordBatch(batch)
  if (does === 'same' && given.numRows !== rowsIn)
    throw badOutput(`${count(rowsIn)} in, ${count(given.numRows)} out; it must keep every row`)
  const columns = verifyColumns({ batch: given, output, rejects })
  const rows = given.numRows
  const at = (name: string): number => output.findIndex((column) => column.name === name)
  if (does === 'group') verifySizes(columns[at('_rows')]!, rowsIn)
  else if (does !== 'same')
    columns[at(fromColumn.name)] = placed(columns[at(fromColumn.name)]!, { rowsIn, firstRow, does })
  return batchOf(arrowSchema(output), rows, columns)
}

/** Holds rows of a further output to their columns. */
export function verifyRows(batch: unknown, output: readonly Column[]): RecordBatch {
  const given = recordBatch(batch)
  return batchOf(arrowSchema(output), given.numRows, verifyColumns({ batch: given, output, rejects: 0 }))
}

function recordBatch(batch: unknown): RecordBatch {
  if (!RecordBatch.isRecordBatch(batch)) throw badOutput('it returned no record batch; use make.batch({ … })')
  return batch
}

function verifyColumns({
  batch,
  output,
  rejects,
}: {
  readonly batch: RecordBatch
  readonly output: readonly Column[]
  readonly rejects: number
}): Data[] {
  const rows = batch.numRows
  const found = columnsOf(batch)
  const isRules = (name: string): boolean => name === rejectColumn.name && rejects > 0
  const given = [...found.keys()].filter((name) => !isRules(name))
  const wanted = output.map(({ name }) => name).filter((name) => !isRules(name))
  if (given.join('\n') !== wanted.join('\n') && !isSameButOrder(given, wanted))
    throw badOutput(`columns ${list(given)} where it declares ${list(wanted)}`)
  return arrowSchema(output).fields.map((field, index) => {
    const data = found.get(field.name)
    return isRules(field.name)
      ? verifyRejects({ data, rows, rejects })
      : verifyColumn({ data: data!, field, rows, type: output[index]!.type })
  })
}

/** The columns by which the engine counts may stand anywhere. */
function isSameButOrder(given: readonly string[], wanted: readonly string[]): boolean {
  const isCounting = (name: string): boolean => name === fromColumn.name || name === '_rows'
  const own = (names: readonly string[]): string => names.filter((name) => !isCounting(name)).join('\n')
  return (
    given.length === wanted.length &&
    own(given) === own(wanted) &&
    wanted.every((name) => given.includes(name))
  )
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

/** Whole numbers without nulls. Throws where the column holds others. */
function wholeNumbers(
  data: Data,
  { name, means }: { readonly name: string; readonly means: string },
): BigInt64Array {
  if (!DataType.isInt(data.type))
    throw badOutput(`column "${name}" is ${String(data.type)} where it must be an integer`)
  if (data.nullCount > 0) throw badOutput(`column "${name}" holds nulls; ${means}`)
  const values: BigInt64Array =
    data.values instanceof BigInt64Array ? data.values : BigInt64Array.from(data.values, BigInt)
  return values.subarray(0, data.length)
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
  const { name } = rejectColumn
  if (data.length !== rows)
    throw badOutput(`column "${name}" has ${count(data.length)}, the batch ${count(rows)}`)
  const values = wholeNumbers(data, { name, means: '0 means accepted' })
  const limit = 1n << BigInt(rejects)
  for (const value of values)
    if (value < 0n || value >= limit)
      throw badOutput(`column "_reject" sets a bit beyond its ${rejects} rules`)
  return columnData({ type: new Int64(), rows, values })
}

/** Each row from one that came in, in their order; as the engine counts them, over the whole input. */
function placed(
  data: Data,
  { rowsIn, firstRow, does }: { readonly rowsIn: number; readonly firstRow: number; readonly does: Rows },
): Data {
  const { name } = fromColumn
  const from = wholeNumbers(data, {
    name,
    means: 'each row that leaves is one of the batch, or made from one',
  })
  const values = new BigInt64Array(from.length)
  const step = does === 'expand' ? 0n : 1n
  let least = 0n
  for (const [row, value] of from.entries()) {
    if (value < least || value >= BigInt(rowsIn))
      throw badOutput(
        value < 0n || value >= BigInt(rowsIn)
          ? `column "${name}" names the row ${value} of a batch of ${count(rowsIn)}`
          : `column "${name}" names the row ${value} again or out of turn`,
      )
    least = value + step
    values[row] = value + BigInt(firstRow)
  }
  return columnData({ type: new Int64(), rows: from.length, values })
}

function verifySizes(data: Data, rowsIn: number): void {
  let sum = 0n
  for (const size of wholeNumbers(data, { name: '_rows', means: 'it is the size of the group' })) {
    if (size < 1n) throw badOutput(`column "_rows" holds ${size}: a group has a row at least`)
    sum += size
  }
  if (sum !== BigInt(rowsIn)) throw badOutput(`its groups hold ${count(Number(sum))} of ${count(rowsIn)}`)
}

function count(rows: number): string {
  return `${rows.toLocaleString('en')} rows`
}

function list(names: readonly string[]): string {
  return `[${names.join(', ')}]`
}
