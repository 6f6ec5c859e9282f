import { open } from 'node:fs/promises'
import { parseRecords } from './records.ts'

/** How one CSV file is written. */
export interface Dialect {
  readonly delimiter: string
  readonly quote: string
  readonly header: boolean
  /** Lines up to the end of the header. */
  readonly headerLines: number
  /** Lines that are passed over: Excel's `sep=;`, and blank ones before the header, of which DuckDB would take the first for it. */
  readonly skippedLines: number
}

export interface DialectOptions {
  readonly delimiter?: string | undefined
  readonly quote?: string | undefined
  readonly header?: boolean | undefined
}

/** The head of a file. */
export interface Sample {
  readonly dialect: Dialect
  /** Names as they are written, or an empty one for each column. */
  readonly written: readonly string[]
  /** The first records below the header. */
  readonly records: readonly (readonly string[])[]
}

const candidates = [',', ';', '\t', '|']
const firstBytes = 2 ** 18
const mostBytes = 2 ** 24

/** A first line by which Excel is told the delimiter. */
const separatorLine = /^\ufeff?sep=([^\r\n])(?:\r\n|\r|\n)/i

/** Reads the head of a UTF-8 file and finds what is not given: the delimiter that cuts its records most evenly, and whether the first names columns. */
export async function detectDialect(path: string, options: DialectOptions): Promise<Sample> {
  const quote = options.quote ?? '"'
  for (let bytes = firstBytes; ; bytes *= 8) {
    const { text: all, whole } = await head(path, bytes)
    const [said = '', separator] = separatorLine.exec(all) ?? []
    const text = all.slice(said.length)
    const given = options.delimiter ?? separator
    const cuts = (given === undefined ? candidates : [given]).map((delimiter) => ({
      delimiter,
      ...parseRecords(text, { delimiter, quote, whole }),
    }))
    const best = cuts.reduce((a, b) => (evenness(b.records) > evenness(a.records) ? b : a))
    if (best.records.length < 3 && !whole && bytes < mostBytes) continue
    return toSample(best, { quote, given: options.header, before: said === '' ? 0 : 1 })
  }
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

/** Share of the records that have the commonest number of fields, if that is more than one; more fields break a tie. */
function evenness(records: readonly (readonly string[])[]): number {
  const counts = new Map<number, number>()
  for (const { length } of records) counts.set(length, (counts.get(length) ?? 0) + 1)
  const [fields = 0, times = 0] = [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0] ?? []
  return fields > 1 ? times / records.length + fields / 1e6 : 0
}

function toSample(
  cut: ReturnType<typeof parseRecords> & { readonly delimiter: string },
  {
    quote,
    given,
    before,
  }: {
    readonly quote: string
    readonly given: boolean | undefined
    /** Lines before those that were cut. */
    readonly before: number
  },
): Sample {
  const [first = [], ...rest] = cut.records
  const header = given ?? looksLikeHeader(first, rest)
  return {
    dialect: {
      delimiter: cut.delimiter,
      quote,
      header,
      headerLines: before + (header ? cut.firstLines : 0),
      skippedLines: before + (header ? cut.linesBefore : 0),
    },
    written: header ? first : first.map(() => ''),
    records: header ? rest : cut.records,
  }
}

/** The first record names columns where it has text over a column of numbers or dates, or no number or date at all. */
function looksLikeHeader(first: readonly string[], rest: readonly (readonly string[])[]): boolean {
  const overData = first.some((name, index) => {
    const below = rest.map((record) => record[index] ?? '').filter((cell) => cell !== '')
    return name !== '' && !isData(name) && below.length > 0 && below.every(isData)
  })
  return overData || (first.some((name) => name !== '') && !first.some(isData))
}

function isData(cell: string): boolean {
  return (
    /^\s*[+-]?[\d\s\u00a0\u202f]*[.,]?\d+\s*%?$/.test(cell) || /^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}/.test(cell)
  )
}
