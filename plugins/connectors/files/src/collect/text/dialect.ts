import { open } from 'node:fs/promises'
import { parseRecords, type TextRecord } from './records.ts'

/** How one CSV file is written. */
export interface Dialect {
  readonly delimiter: string
  readonly quote: string
  readonly escapedBy: string
  readonly header: boolean
  /** Lines up to the end of the header. */
  readonly headerLines: number
  /** Lines that are passed over: those before the header, Excel's `sep=;`, and blank ones, of which DuckDB would take the first for it. */
  readonly skippedLines: number
  /** True where the lines of the header, and those before it, must be cut off: DuckDB would lose all that follows for a quote in them. */
  readonly cut: boolean
}

export interface DialectOptions {
  readonly delimiter?: string | undefined
  readonly quote?: string | undefined
  readonly escapedBy?: string | undefined
  readonly comment?: string | undefined
  readonly header?: boolean | undefined
  /** Lines before the header. */
  readonly skipLines?: number | undefined
}

/** What is odd about the first lines of a file. */
export type Oddity =
  | { readonly kind: 'lines_before_header'; readonly lines: number }
  | { readonly kind: 'narrow_header'; readonly cells: number; readonly most: number }
  | { readonly kind: 'quotes_in_header'; readonly line: number }

/** The head of a file. */
export interface Sample {
  readonly dialect: Dialect
  /** Names as they are written, or an empty one for each column. */
  readonly written: readonly string[]
  /** The first records below the header. */
  readonly records: readonly (readonly string[])[]
  readonly oddities: readonly Oddity[]
  /** True where cells are quoted, and no delimiter stands between them. */
  readonly undelimited: boolean
}

const candidates = [',', ';', '\t', '|']
/** What separates cells where none of these does, in every line alike. */
const rareCandidates = ['~', '^', '\u001f', '\u0001', '¦']
const firstBytes = 2 ** 18
const mostBytes = 2 ** 24

/** A first line by which Excel is told the delimiter. */
const separatorLine = /^\ufeff?sep=([^\r\n])(?:\r\n|\r|\n)/i

/** Reads the head of a UTF-8 file and finds what is not given: the delimiter that cuts its records most evenly, and whether the first names columns. */
export async function detectDialect(path: string, options: DialectOptions): Promise<Sample> {
  const quote = options.quote ?? '"'
  const escapedBy = options.escapedBy ?? quote
  for (let bytes = firstBytes; ; bytes *= 8) {
    const { text: all, whole } = await head(path, bytes)
    const skipped = linesFrom(all, options.skipLines ?? 0)
    const [said = '', separator] = separatorLine.exec(skipped.rest) ?? []
    const text = skipped.rest.slice(said.length)
    const given = options.delimiter ?? separator
    const cutBy = (delimiter: string): Cut => ({
      delimiter,
      records: parseRecords(text, { delimiter, quote, escapedBy, comment: options.comment, whole }),
    })
    const best = bestOf(given === undefined ? candidates.map(cutBy) : [cutBy(given)])
    if (best.records.length < 3 && !whole && bytes < mostBytes) continue
    const found = given === undefined && evenness(best) === 0 ? rarely(rareCandidates.map(cutBy), best) : best
    const before = {
      lines: skipped.lines + (said === '' ? 0 : 1),
      text: all.slice(0, all.length - text.length),
    }
    return toSample(found, { text, quote, escapedBy, options, before })
  }
}

interface Cut {
  readonly delimiter: string
  readonly records: readonly TextRecord[]
}

async function head(
  path: string,
  bytes: number,
): Promise<{ readonly text: string; readonly whole: boolean }> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, 0)
    const text = new TextDecoder().decode(buffer.subarray(0, bytesRead), { stream: bytesRead === bytes })
    return { text, whole: bytesRead < bytes }
  } finally {
    await file.close()
  }
}

/** A text without its first lines, and how many it had. */
function linesFrom(text: string, count: number): { readonly rest: string; readonly lines: number } {
  let at = 0
  let lines = 0
  for (; lines < count && at < text.length; lines += 1)
    at += /^[^\r\n]*(?:\r\n|\r|\n|$)/.exec(text.slice(at))![0].length
  return { rest: text.slice(at), lines }
}

function bestOf(cuts: readonly Cut[]): Cut {
  return cuts.reduce((a, b) => (evenness(b) > evenness(a) ? b : a))
}

/** A rare delimiter counts only where it cuts every line into as many sound cells. */
function rarely(cuts: readonly Cut[], otherwise: Cut): Cut {
  const even = cuts.filter(
    ({ records }) =>
      records.length > 1 &&
      records[0]!.cells.length > 1 &&
      records.every((one) => !one.malformed && one.cells.length === records[0]!.cells.length),
  )
  return even.length > 0 ? bestOf(even) : otherwise
}

/** Share of the records that have the commonest number of fields, if that is more than one; more fields break a tie. */
function evenness({ records }: Cut): number {
  const { fields, times } = commonest(records)
  return fields > 1 ? times / records.length + fields / 1e6 : 0
}

function commonest(records: readonly TextRecord[]): { readonly fields: number; readonly times: number } {
  const counts = new Map<number, number>()
  for (const { cells } of records) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1)
  const [fields = 0, times = 0] = [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0] ?? []
  return { fields, times }
}

interface SampleFacts {
  readonly text: string
  readonly quote: string
  readonly escapedBy: string
  readonly options: DialectOptions
  /** What stands before the text. */
  readonly before: { readonly lines: number; readonly text: string }
}

function toSample({ delimiter, records: all }: Cut, facts: SampleFacts): Sample {
  const { text, quote, escapedBy, options, before } = facts
  const { fields } = commonest(all)
  const most = Math.max(fields, 1)
  const isSaid = options.header !== undefined || (options.skipLines ?? 0) > 0
  const title = isSaid ? 0 : titleLines(all, most)
  const broken = options.header !== false && title === 0 && all[0]?.malformed ? all[0] : undefined
  const records = broken
    ? withPlainFirst(all, { text, delimiter, quote, escapedBy, options })
    : all.slice(title)
  const [first, ...rest] = records
  const header = options.header ?? (broken !== undefined || looksLikeHeader(first?.cells ?? [], rest))
  const headerEnd = header ? (first?.end ?? 0) : title > 0 ? (first?.start ?? 0) : 0
  const passed = linesFrom(text, first?.start ?? 0)
  const passedText = before.text + text.slice(0, text.length - passed.rest.length)
  // DuckDB counts no comments among the lines that it skips.
  const isCommented = options.comment !== undefined && passedText !== ''
  const hasQuotes = quote !== '' && passedText.includes(quote)
  const headerLines = before.lines + headerEnd
  const cut = headerLines > 0 && (broken !== undefined || isCommented || hasQuotes)
  const narrow = title === 0 && header && first !== undefined && first.cells.length < most && rest.length > 0
  const oddities: readonly Oddity[] = [
    ...(title > 0 ? [{ kind: 'lines_before_header', lines: before.lines + first!.start } as const] : []),
    ...(narrow ? [{ kind: 'narrow_header', cells: first.cells.length, most } as const] : []),
    ...(broken ? [{ kind: 'quotes_in_header', line: before.lines + broken.start + 1 } as const] : []),
  ]
  return {
    dialect: {
      delimiter,
      quote,
      escapedBy,
      header,
      headerLines,
      skippedLines: before.lines + (header ? (first?.start ?? 0) : 0),
      cut,
    },
    written: header ? (first?.cells ?? []) : (first?.cells ?? []).map(() => ''),
    records: (header ? rest : records).map(({ cells }) => cells),
    oddities,
    undelimited:
      options.delimiter === undefined &&
      most === 1 &&
      all.length > 0 &&
      all.every(({ malformed }) => malformed),
  }
}

/**
 * Records before the header: a title of one cell, and lines that are narrower than most. The header is the first line as wide as most, with
 * a name in every cell; a blank line or a column of numbers below a name must bear it out. 0 where there is no such header.
 */
function titleLines(records: readonly TextRecord[], most: number): number {
  if (most === 1 || records[0]?.cells.length !== 1) return 0
  const at = records.findIndex(({ cells }) => cells.length >= most)
  const header = records[at]
  if (header?.cells.length !== most) return 0
  const names = header.cells.map((cell) => cell.trim().toLowerCase())
  const areNames = names.every((name) => name !== '' && !isData(name)) && new Set(names).size === names.length
  const rest = records.slice(at + 1)
  const isAlone = header.start > records[at - 1]!.end
  return areNames && rest.length > 0 && (isAlone || isOverData(header.cells, rest)) ? at : 0
}

/** The records where a quote in the first one means nothing: its line ends it. */
function withPlainFirst(
  records: readonly TextRecord[],
  {
    text,
    delimiter,
    quote,
    escapedBy,
    options: { comment },
  }: Pick<SampleFacts, 'text' | 'quote' | 'escapedBy' | 'options'> & { readonly delimiter: string },
): readonly TextRecord[] {
  const start = records[0]!.start
  const { rest } = linesFrom(text, start)
  const below = linesFrom(rest, 1)
  const line = rest.slice(0, rest.length - below.rest.length)
  const [first] = parseRecords(line, { delimiter, quote: '', whole: true })
  const names = (first?.cells ?? []).map((cell) => cell.replaceAll(quote, ''))
  const others = parseRecords(below.rest, { delimiter, quote, escapedBy, comment, whole: false })
  const moved = others.map((one) => ({ ...one, start: one.start + start + 1, end: one.end + start + 1 }))
  return [{ cells: names, start, end: start + 1, malformed: false }, ...moved]
}

/** The first record names columns where it has text over a column of numbers or dates, or no number or date at all. */
function looksLikeHeader(first: readonly string[], rest: readonly TextRecord[]): boolean {
  return isOverData(first, rest) || (first.some((name) => name !== '') && !first.some(isData))
}

function isOverData(first: readonly string[], rest: readonly TextRecord[]): boolean {
  return first.some((name, index) => {
    const below = rest.map(({ cells }) => cells[index] ?? '').filter((cell) => cell !== '')
    return name !== '' && !isData(name) && below.length > 0 && below.every(isData)
  })
}

function isData(cell: string): boolean {
  return (
    /^\s*[+-]?[\d\s\u00a0\u202f]*[.,]?\d+\s*%?$/.test(cell) || /^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}/.test(cell)
  )
}
