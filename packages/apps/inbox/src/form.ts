/** What a field of a form holds. In a form of a browser all is text, and is read as this. */
export type FieldType = 'text' | 'integer' | 'number' | 'boolean' | 'list'

/** Facts of a request that a form may keep beside what was sent. */
export type KeptFact = 'ip' | 'user_agent' | 'referer'

/** What of an event does not fit. Never a value. */
export interface FieldProblem {
  readonly field?: string
  readonly code: string
}

/** A form, ready to take requests. */
export interface Form {
  readonly name: string
  readonly types: Readonly<Record<string, FieldType>>
  /** Compiled from the declared fields; none where all fits. */
  readonly check: (event: Readonly<Record<string, unknown>>) => readonly FieldProblem[]
  /** A field that only machines fill in. */
  readonly honeypot?: string
  /** Key of the HMAC that each request must bear. */
  readonly secret?: string
  /** The most events of one request. */
  readonly events: number
  readonly keep: readonly KeptFact[]
}
