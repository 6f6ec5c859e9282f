import duckdb from '@duckdb/node-bindings'

interface Segment {
  start: number
  end: number
  view: DataView
}

/**
 * Two texts less than a page apart lie in pages that both hold a text, so that the bytes between them may be read: neighbours are
 * fetched together, whatever order they come in.
 */
const pageBytes = 4096
const nothing = new DataView(new ArrayBuffer(0))

/** The memory behind the long texts of one vector, fetched in as few segments as possible. */
export class Heap {
  readonly #segments: Segment[] = []
  #last: Segment = { start: Number.MAX_SAFE_INTEGER, end: 0, view: nothing }

  /** Announces that `bytes` bytes at `address` will be read. */
  expect(address: number, bytes: number): void {
    const segment = this.#last
    if (address < segment.end + pageBytes && address + bytes + pageBytes > segment.start) {
      if (address < segment.start) segment.start = address
      if (address + bytes > segment.end) segment.end = address + bytes
    } else this.#open(address, bytes)
  }

  /** Fetches all that was announced. */
  fetch(): void {
    const segments = this.#segments
    if (segments.length > 1) merge(segments)
    for (const segment of segments) {
      const data = read(segment.start, segment.end - segment.start)
      segment.view = new DataView(data.buffer, data.byteOffset, data.byteLength)
    }
  }

  /** The segment that holds the address. */
  at(address: number): Segment {
    const last = this.#last
    if (address >= last.start && address < last.end && last.view !== nothing) return last
    const segments = this.#segments
    let low = 0
    let high = segments.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (segments[middle]!.start <= address) low = middle
      else high = middle - 1
    }
    this.#last = segments[low]!
    return this.#last
  }

  #open(address: number, bytes: number): void {
    this.#last = { start: address, end: address + bytes, view: nothing }
    this.#segments.push(this.#last)
  }
}

/** Sorts by address and joins what is less than a page apart. */
function merge(segments: Segment[]): void {
  segments.sort((a, b) => a.start - b.start)
  let kept = 0
  for (const segment of segments) {
    const last = segments[kept]!
    if (segment.start < last.end + pageBytes) last.end = Math.max(last.end, segment.end)
    else {
      kept += 1
      segments[kept] = segment
    }
  }
  segments.length = kept + 1
}

const pointer = new ArrayBuffer(8)
const pointerWords = new Uint32Array(pointer)

function read(address: number, bytes: number): Uint8Array {
  pointerWords[0] = address % 0x1_0000_0000
  pointerWords[1] = Math.floor(address / 0x1_0000_0000)
  return duckdb.get_data_from_pointer(pointer, 0, bytes)
}
