/** A place in a text that a person wrote. Lines and columns count from 1. */
export interface SourceSpan {
  readonly file: string
  readonly line: number
  readonly column: number
}
