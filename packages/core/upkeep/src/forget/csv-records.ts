/** A record of a CSV file with the bytes that it was written with, its end among them. */
export interface CsvRecord {
  /** Bytes, as latin-1 text. */
  readonly bytes: string
  readonly cells: readonly string[]
}

/** Cuts CSV (RFC 4180; bytes as latin-1 text) into records. A line end inside quotes belongs to its cell. */
export async function* csvRecords(chunks: AsyncIterable<string>): AsyncGenerator<CsvRecord> {
  let rest = ''
  let delimiter: string | undefined
  for await (const chunk of chunks) {
    rest += chunk
    for (let end = recordEnd(rest); end > 0; end = recordEnd(rest)) {
      const bytes = rest.slice(0, end)
      rest = rest.slice(end)
      delimiter ??= delimiterOf(bytes)
      yield { bytes, cells: cellsOf(bytes, delimiter) }
    }
  }
  if (rest !== '') yield { bytes: rest, cells: cellsOf(rest, delimiter ?? delimiterOf(rest)) }
}

/** The position after the first line end outside quotes; 0 where there is none yet. */
function recordEnd(text: string): number {
  let end = text.indexOf('\n')
  let quotes = 0
  let from = 0
  while (end >= 0) {
    for (let at = text.indexOf('"', from); at >= 0 && at < end; at = text.indexOf('"', at + 1)) quotes += 1
    if (quotes % 2 === 0) return end + 1
    from = end
    end = text.indexOf('\n', end + 1)
  }
  return 0
}

function delimiterOf(header: string): string {
  const plain = header.replaceAll(/"[^"]*"/g, '')
  const counts = [',', ';', '\t', '|'].map((one) => [one, plain.split(one).length] as const)
  return counts.reduce((best, one) => (one[1] > best[1] ? one : best))[0]
}

function cellsOf(bytes: string, delimiter: string): readonly string[] {
  const line = Buffer.from(bytes, 'latin1')
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .replace(/\r?\n$/, '')
  const cells: string[] = []
  let cell = ''
  let quoted = false
  for (let at = 0; at < line.length; at += 1) {
    const char = line[at]!
    if (quoted && char === '"' && line[at + 1] === '"') {
      cell += '"'
      at += 1
    } else if (char === '"') quoted = !quoted
    else if (char === delimiter && !quoted) {
      cells.push(cell)
      cell = ''
    } else cell += char
  }
  return [...cells, cell]
}
