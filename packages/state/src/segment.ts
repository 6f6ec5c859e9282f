/** The format of a line. A reader refuses lines of a higher one. */
export const lineVersion = 1

/** Ends the name of a segment that is being written. */
export const partial = '.partial'
