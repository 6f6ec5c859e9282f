/** A small reader of CSV for the tests: quotes doubled inside quotes, no line break inside a cell. */
export function parse(text: string, delimiter: ';' | ','): readonly Readonly<Record<string, string>>[] {
  const [header = [], ...rows] = text
    .trimEnd()
    .split(/\r?\n/)
    .map((line) => cells(line, delimiter))
  return rows.map((row) => Object.fromEntries(header.map((name, index) => [name, row[index] ?? ''])))
}

export function fields(rows: readonly Readonly<Record<string, string>>[], name: string): readonly string[] {
  return rows.map((row) => row[name]!)
}

function cells(line: string, delimiter: string): readonly string[] {
  const found: string[] = []
  let cell = ''
  let quoted = false
  for (const char of line) {
    if (char === '"') quoted = !quoted
    else if (char === delimiter && !quoted) {
      found.push(cell)
      cell = ''
    } else cell += char
  }
  return [...found, cell]
}
