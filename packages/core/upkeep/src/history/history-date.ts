import type { Column } from '@sillage/sdk'

/** A column that the history keeps: of the key, or one that a segment, a score or a forecast made. */
export interface HistoryColumn extends Column {
  readonly key: boolean
  readonly role: string | null
}

/** What a history keeps of a mart. */
export interface HistoryTable {
  readonly name: string
  /** The relation in the working database, as the pipeline writes it. */
  readonly from: string
  readonly columns: readonly HistoryColumn[]
}

/** What one date of a history is made of. */
export interface HistoryDate {
  readonly asOf: string
  readonly tables: readonly HistoryTable[]
  /** Of all that the rows of that date depend on: where it is the same, they are. */
  readonly fingerprint: string
}
