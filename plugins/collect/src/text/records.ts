interface RecordFacts {
  readonly delimiter: string
  /** Empty: nothing is quoted. */
  readonly quote: string
  /** False where the text is cut off somewhere: its last record is then left out. */
  readonly whole: boolean
}

/** Cuts the head of a CSV text into records of cells (RFC 4180; blank lines are none), and counts the lines up to the end of the first, and those before it. */
export function parseRecords(
  text: string,
  { delimiter, quote, whole }: RecordFacts,
): {
  readonly records: readonly (readonly string[])[]
  readonly firstLines: number
  readonly linesBefore: number
} {
  const records: string[][] = []
  let record: string[] = []
  let cell = ''
  let quoted = false
  let lines = 0
  let firstLines = 0
  let linesBefore = 0
  const endRecord = (): void => {
    record.push(cell)
    cell = ''
    if (record.length > 1 || record[0]!.trim() !== '') records.push(record)
    if (records.length === 0) linesBefore = lines
    if (records.length === 1 && firstLines === 0) firstLines = lines
    record = []
  }
  for (let at = text.startsWith('\u{feff}') ? 1 : 0; at < text.length; at += 1) {
    const char = text[at]!
    if (char === '\n' || (char === '\r' && text[at + 1] !== '\n')) lines += 1
    if (quoted) {
      if (char !== quote) cell += char
      else if (text[at + 1] === quote) {
        cell += char
        at += 1
      } else quoted = false
    } else if (quote !== '' && char === quote && cell.trim() === '') {
      quoted = true
      cell = ''
    } else if (text.startsWith(delimiter, at)) {
      record.push(cell)
      cell = ''
      at += delimiter.length - 1
    } else if (char === '\n' || char === '\r') {
      if (char === '\r' && text[at + 1] === '\n') continue
      endRecord()
    } else cell += char
  }
  if (whole && (cell !== '' || record.length > 0)) {
    lines += 1
    endRecord()
  }
  return { records, firstLines, linesBefore }
}
