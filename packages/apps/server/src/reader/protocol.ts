import type { Code } from '@sillage/base'

export type Format = 'json' | 'csv' | 'arrow'

/** What the server asks its reader. `mart` is the link of a mart: the version behind it is read. */
export type Question =
  | { readonly kind: 'rows'; readonly id: number; readonly mart: string; readonly statement: string }
  | {
      readonly kind: 'open'
      readonly id: number
      readonly mart: string
      readonly statement: string
      readonly format: Format
    }
  | { readonly kind: 'next'; readonly id: number }
  /** Interrupts what goes on and forgets it. */
  | { readonly kind: 'close'; readonly id: number }

/** Answers: one a question, but none for `close`. */
export type Answer =
  | {
      readonly kind: 'rows'
      readonly id: number
      readonly rows: readonly Readonly<Record<string, unknown>>[]
    }
  | { readonly kind: 'opened'; readonly id: number }
  | { readonly kind: 'part'; readonly id: number; readonly bytes: Uint8Array }
  | { readonly kind: 'end'; readonly id: number }
  | { readonly kind: 'failed'; readonly id: number; readonly error: ReaderFailure }

export interface ReaderFailure {
  readonly code: Code
  readonly message: string
  readonly hint?: string
}
