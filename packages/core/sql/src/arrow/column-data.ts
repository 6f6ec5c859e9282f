import { Data, type DataType, RecordBatch, type Schema, Struct, type Vector } from 'apache-arrow'

export interface ColumnParts<T extends DataType> {
  readonly type: T
  readonly rows: number
  readonly values?: ArrayBufferView | undefined
  /** One more than rows, for types of variable length. */
  readonly offsets?: Int32Array | undefined
  /** A bit a row, 1 where there is a value; undefined where no row is null. */
  readonly validity?: Uint8Array | undefined
  readonly dictionary?: Vector | undefined
}

/** An Arrow column over the given memory, without a copy. */
export function columnData<T extends DataType>({
  type,
  rows,
  values,
  offsets,
  validity,
  dictionary,
}: ColumnParts<T>): Data<T> {
  const buffers = {
    ...(offsets && { 0: offsets }),
    ...(values && { 1: values }),
    ...(validity && { 2: validity }),
  }
  return new Data<T>(type, 0, rows, validity ? -1 : 0, buffers, [], dictionary)
}

/** A batch of columns in the order of the schema. */
export function batchOf(schema: Schema, rows: number, columns: Data[]): RecordBatch {
  return new RecordBatch(schema, new Data(new Struct(schema.fields), 0, rows, 0, undefined, columns))
}
