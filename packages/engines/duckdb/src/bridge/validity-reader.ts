import duckdb from '@duckdb/node-bindings'
import { bitmapBytes, copyBits, fillBits, isSet } from '@sillage/sql/arrow'

/** Rows of one vector that are being added to a batch: `[from, to)` of the vector go to `at` and after. */
export interface Slice {
  readonly vector: duckdb.Vector
  readonly from: number
  readonly to: number
  readonly at: number
}

/** Gathers the validity of a column. There is no bitmap until a vector brings one. */
export class ValidityReader {
  readonly #capacity: number
  #bitmap: Uint8Array | undefined

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** Returns the vector's own bits, or undefined where all its rows are valid. */
  append({ vector, from, to, at }: Slice): Uint8Array | undefined {
    const bits = validityOf(vector, to)
    if (bits) {
      this.#bitmap ??= this.#allValid(at)
      copyBits({ source: bits, from, target: this.#bitmap, to: at, length: to - from })
    } else if (this.#bitmap) fillBits(this.#bitmap, at, to - from)
    return bits
  }

  /** The bitmap of the rows so far, undefined where all are valid; starts anew. */
  take(rows: number): Uint8Array | undefined {
    const bitmap = this.#bitmap?.subarray(0, bitmapBytes(rows))
    this.#bitmap = undefined
    return bitmap
  }

  #allValid(rows: number): Uint8Array {
    const bitmap = new Uint8Array(bitmapBytes(this.#capacity))
    fillBits(bitmap, 0, rows)
    return bitmap
  }
}

/** Bits of the first `rows` rows; undefined where the vector has no mask or the mask hides nothing. */
function validityOf(vector: duckdb.Vector, rows: number): Uint8Array | undefined {
  const bits: Uint8Array | null = duckdb.vector_get_validity(vector, Math.ceil(rows / 64) * 8)
  if (!bits) return undefined
  const whole = rows >> 3
  for (let byte = 0; byte < whole; byte += 1) if (bits[byte] !== 0xff) return bits
  for (let row = whole << 3; row < rows; row += 1) if (!isSet(bits, row)) return bits
  return undefined
}
