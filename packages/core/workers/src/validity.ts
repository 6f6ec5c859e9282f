/** A bit a row, 1 where there is a value; undefined where there is no null. */
export function validityOf(cells: ArrayLike<unknown>): Uint8Array | undefined {
  let bitmap: Uint8Array | undefined
  for (let row = 0; row < cells.length; row += 1) {
    if (cells[row] !== null && cells[row] !== undefined) continue
    bitmap ??= new Uint8Array((cells.length + 7) >> 3).fill(0xff)
    bitmap[row >> 3]! &= ~(1 << (row & 7))
  }
  return bitmap
}
