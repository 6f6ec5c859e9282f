/** Bytes of a bitmap of so many bits. */
export function bitmapBytes(bits: number): number {
  return (bits + 7) >> 3
}

export function isSet(bitmap: Uint8Array, index: number): boolean {
  return ((bitmap[index >> 3]! >> (index & 7)) & 1) === 1
}

/** Copies `length` bits, least significant first (Arrow's and DuckDB's order). Other bits of the target stay as they are. */
export function copyBits({
  source,
  from,
  target,
  to,
  length,
}: {
  readonly source: Uint8Array
  readonly from: number
  readonly target: Uint8Array
  readonly to: number
  readonly length: number
}): void {
  let done = 0
  if ((from & 7) === 0 && (to & 7) === 0) {
    const bytes = length >> 3
    target.set(source.subarray(from >> 3, (from >> 3) + bytes), to >> 3)
    done = bytes << 3
  }
  for (; done < length; done += 1) setBit(target, to + done, isSet(source, from + done))
}

/** Sets `length` bits to one. */
export function fillBits(target: Uint8Array, from: number, length: number): void {
  let index = from
  const end = from + length
  while (index < end && (index & 7) !== 0) setBit(target, index++, true)
  const bytes = (end - index) >> 3
  target.fill(0xff, index >> 3, (index >> 3) + bytes)
  for (index += bytes << 3; index < end; index += 1) setBit(target, index, true)
}

function setBit(target: Uint8Array, index: number, value: boolean): void {
  const mask = 1 << (index & 7)
  if (value) target[index >> 3]! |= mask
  else target[index >> 3]! &= ~mask
}
