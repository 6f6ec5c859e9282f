/** A record: plain JSON. The fields `v` and `end` are the format's own. */
export type StateRecord = Readonly<Record<string, unknown>>

/** The format of a line. A reader refuses lines of a higher one. */
export const lineVersion = 1

/** Ends the name of a segment that is being written. */
export const partial = '.partial'
