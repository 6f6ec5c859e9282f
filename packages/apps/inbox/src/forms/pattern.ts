import { RE2JS } from 're2js'

/**
 * What is wrong with a regular expression of RE2; undefined where nothing is. Backreferences and looking around are no part of RE2;
 * names of groups are written `(?P<name>…)`, as the RE2 of DuckDB wants them.
 */
export function patternProblem(text: string): string | undefined {
  const [odd] = withoutQuoted(text).match(notInDuckDb) ?? []
  if (odd !== undefined) return `DuckDB does not read ${odd}`
  try {
    RE2JS.compile(text)
    return undefined
  } catch (error) {
    const [first = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
    return first.replace(/^error parsing regexp: /, '')
  }
}

/** A compiled regular expression. */
interface Pattern {
  readonly test: (value: string) => boolean
  readonly toString: () => string
}

/**
 * A regular expression as DuckDB runs it (RE2: time grows with the text, never with the pattern's ways to match), for texts that are
 * judged outside of SQL. Throws where `patternProblem` says something.
 */
export function compilePattern(text: string): Pattern {
  const compiled = RE2JS.compile(text)
  // Ajv takes patterns of one text for the same one.
  return { test: (value) => compiled.matcher(value).find(), toString: () => text }
}

/** What the port takes and DuckDB's RE2 does not. */
const notInDuckDb = /\(\?<[^=!][^>]*>?/

/** A pattern without what stands in it literally: quoted runs, escaped characters, classes. */
function withoutQuoted(text: string): string {
  return text.replaceAll(/\\Q[\s\S]*?(\\E|$)|\\[\s\S]|\[\^?\]?(?:\\[\s\S]|\[:\^?\w+:\]|[^\]\\])*\]/g, '')
}
