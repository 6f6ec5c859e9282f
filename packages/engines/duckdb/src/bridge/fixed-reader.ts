import duckdb from '@duckdb/node-bindings'
import { columnData } from '@sillage/sql/arrow'
import { type Data, DataType, type Vector } from 'apache-arrow'
import type { ColumnReader } from './column-port.ts'
import type { CopyValues } from './copy-values.ts'
import { type Slice, ValidityReader } from './validity-reader.ts'

interface FixedLayout {
  readonly type: DataType
  readonly capacity: number
  /** Bytes of a value in DuckDB. */
  readonly stored: number
  /** Bytes of a value in Arrow. */
  readonly kept: number
  readonly copy: CopyValues
  readonly dictionary?: Vector
}

/** Columns whose values all have the same size. */
export class FixedReader implements ColumnReader {
  readonly #layout: FixedLayout
  readonly #validity: ValidityReader
  #values: ArrayBuffer | undefined

  constructor(layout: FixedLayout) {
    this.#layout = layout
    this.#validity = new ValidityReader(layout.capacity)
  }

  append(slice: Slice): void {
    const { vector, from, to, at } = slice
    const { capacity, stored, kept, copy } = this.#layout
    this.#validity.append(slice)
    this.#values ??= new ArrayBuffer(Math.ceil(capacity * kept))
    copy({ source: duckdb.vector_get_data(vector, to * stored), from, to, target: this.#values, at })
  }

  take(rows: number): Data {
    const { type, kept, dictionary } = this.#layout
    const { ArrayType } = DataType.isDictionary(type) ? type.indices : type
    const length = Math.ceil(rows * kept) / ArrayType.BYTES_PER_ELEMENT
    const values = new ArrayType(this.#values ?? new ArrayBuffer(0), 0, length)
    this.#values = undefined
    return columnData({ type, rows, values, validity: this.#validity.take(rows), dictionary })
  }
}
