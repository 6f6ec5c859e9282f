/** One thing that was sent. */
export interface Event {
  /** Its line or place in the request, from 1. */
  readonly line: number
  /** JSON of an object on one line, with the digits that it came with. */
  readonly text: string
  /** The same as values, to check. */
  readonly value: Readonly<Record<string, unknown>>
}
