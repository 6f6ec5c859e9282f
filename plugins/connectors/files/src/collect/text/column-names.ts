import type { Warning } from '@sillage/sdk'

/** Names that the engine keeps for itself. */
const reserved = new Set(['_file', '_line', '_raw', '_reject', '_rows'])

/** Of a damaged file: NUL, escape and their like, which no statement or terminal should meet. Tabs and line ends are none of them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is meant
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g

/**
 * Names of columns that a relation can bear: control characters are left out, blanks around them are cut, a repeated name gets `_1`, `_2`, …, an empty one its place
 * (`column3`), a reserved one loses its underscore. Case does not tell names apart.
 */
export function columnNames(written: readonly string[]): readonly string[] {
  const taken = new Set<string>()
  return written.map((text, index) => {
    const trimmed = text
      .replace(/^\u{feff}/u, '')
      .replaceAll(controls, '')
      .trim()
    const base =
      trimmed === '' ? `column${index + 1}` : reserved.has(trimmed.toLowerCase()) ? trimmed.slice(1) : trimmed
    let name = base
    for (let copy = 1; taken.has(name.toLowerCase()); copy += 1) name = `${base}_${copy}`
    taken.add(name.toLowerCase())
    return name
  })
}

/** True where a name is another one than what is written, but for blanks and what nobody sees. */
export function changesName(written: string, name: string): boolean {
  return (
    written
      .replace(/^\u{feff}/u, '')
      .replaceAll(controls, '')
      .trim() !== name
  )
}

/** Columns that are called otherwise than their source calls them. */
export function columnsRenamed(texts: readonly string[]): Warning {
  return {
    code: 'columns_renamed',
    message: texts.join(', '),
    hint: 'read them by these names, or name the columns in the pipeline',
  }
}
