interface RecordFacts {
  readonly delimiter: string
  /** Empty: nothing is quoted. */
  readonly quote: string
  /** Inside quotes, what makes the next sign stand for itself; the quote itself where it is doubled. */
  readonly escapedBy?: string
  /** A line that begins with it is no record. */
  readonly comment?: string | undefined
  /** False where the text is cut off somewhere: its last record is then left out. */
  readonly whole: boolean
}

/** A record of cells, and where it stands. */
export interface TextRecord {
  readonly cells: readonly string[]
  /** Lines before it, and lines up to its end. */
  readonly start: number
  readonly end: number
  /** True where something stands behind a quote that closes a cell, or nothing closes it. */
  readonly malformed: boolean
}

/** Cuts the head of a CSV text into records of cells (RFC 4180; blank lines are none). */
export function parseRecords(
  text: string,
  { delimiter, quote, escapedBy = quote, comment, whole }: RecordFacts,
): readonly TextRecord[] {
  const records: TextRecord[] = []
  let cells: string[] = []
  let cell = ''
  let quoted = false
  let closed = false
  let malformed = false
  let lines = 0
  let start = 0
  const endCell = (): void => {
    cells.push(cell)
    cell = ''
    closed = false
  }
  const endRecord = (): void => {
    endCell()
    if (cells.length > 1 || cells[0]!.trim() !== '') records.push({ cells, start, end: lines, malformed })
    cells = []
    malformed = false
    start = lines
  }
  for (let at = text.startsWith('\u{feff}') ? 1 : 0; at < text.length; at += 1) {
    const char = text[at]!
    const isStart = !quoted && cells.length === 0 && cell === '' && !closed
    if (isStart && comment !== undefined && text.startsWith(comment, at)) {
      const end = text.indexOf('\n', at)
      if (end < 0) break
      at = end
      lines += 1
      start = lines
      continue
    }
    if (char === '\n' || (char === '\r' && text[at + 1] !== '\n')) lines += 1
    if (quoted) {
      if (escapedBy !== quote && char === escapedBy && at + 1 < text.length) {
        cell += text[at + 1]
        at += 1
      } else if (char !== quote) cell += char
      else if (escapedBy === quote && text[at + 1] === quote) {
        cell += char
        at += 1
      } else {
        quoted = false
        closed = true
      }
    } else if (quote !== '' && char === quote && cell.trim() === '' && !closed) {
      quoted = true
      cell = ''
    } else if (text.startsWith(delimiter, at)) {
      endCell()
      at += delimiter.length - 1
    } else if (char === '\n' || char === '\r') {
      if (char === '\r' && text[at + 1] === '\n') continue
      endRecord()
    } else {
      if (closed && char.trim() !== '') malformed = true
      if (!closed || malformed) cell += char
    }
  }
  if (whole && (cell !== '' || cells.length > 0 || closed)) {
    lines += 1
    malformed ||= quoted
    endRecord()
  }
  return records
}
