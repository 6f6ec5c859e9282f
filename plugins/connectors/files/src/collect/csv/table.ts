import { type SourceContext, sourceFailed, type Warning } from '@sillage/sdk'
import { bodyFile } from '../files/body.ts'
import type { ReadableFile } from '../files/readable-files.ts'
import { columnNames } from '../text/column-names.ts'
import {
  type Dialect,
  type DialectOptions,
  detectDialect,
  type Oddity,
  type Sample,
} from '../text/dialect.ts'
import type { Encoding } from '../text/encoding.ts'
import { commentMark } from '../text/transcode.ts'
import { utf8File } from '../text/utf8-copy.ts'
import type { CsvOptions } from './options.ts'

/** A file as DuckDB will read it. */
export interface Table {
  readonly file: ReadableFile
  /** The file, or its copy in UTF-8. */
  readonly path: string
  readonly encoding: Encoding
  readonly longestRecord: number
  readonly names: readonly string[]
  readonly renamed: readonly string[]
  readonly sample: Sample
  /** True where the last scan read this file as it is. */
  readonly known: boolean
  /** The lines behind the end that the file had at the last scan. */
  readonly tail: Tail | undefined
  readonly warnings: readonly Warning[]
}

export interface Tail {
  readonly path: string
  /** Bytes of the file before it. */
  readonly after: number
}

/** Looks at a file: encoding, dialect, names, and what the last scan knew of it. Undefined where no line has text; throws where it does not hold what the configuration says. */
export async function openTable({
  file,
  config,
  context,
  before,
}: {
  readonly file: ReadableFile
  readonly config: CsvOptions
  readonly context: SourceContext
  /** Bytes of the file at the last scan. */
  readonly before: number | undefined
}): Promise<Table | undefined> {
  const whitespace = config.delimiter === 'whitespace'
  const { quote = '"', escape: escapedBy = quote, comment } = config
  const read = await utf8File({
    file,
    encoding: config.encoding,
    lines: [
      ...(comment === undefined ? [] : [{ kind: 'comments', sign: comment, quote, escapedBy } as const]),
      ...(whitespace ? [{ kind: 'blanks' } as const] : []),
    ],
    quote,
    escapedBy,
    context,
    before,
  })
  const delimiter = whitespace ? ',' : config.delimiter === 'tab' ? '\t' : config.delimiter
  const options: DialectOptions = {
    quote,
    escapedBy,
    comment: comment === undefined ? undefined : commentMark,
    header: config.header,
    skipLines: config.skip_lines,
  }
  const sample = await detectDialect(read.path, { ...options, delimiter })
  const { dialect } = sample
  if (sample.written.length === 0) return undefined
  if (sample.undelimited) throw noDelimiter(file.shown)
  if (config.names && config.names.length !== sample.written.length)
    throw wrongNames(file.shown, config.names.length, sample)
  if (config.delimiter !== undefined && sample.written.length === 1)
    await assertNoBetterDelimiter(read.path, { shown: file.shown, given: config.delimiter, options })
  const path = dialect.cut ? await bodyFile(read.path, dialect.headerLines, context) : read.path
  const tail = dialect.cut ? undefined : read.tail
  const names = columnNames(config.names ?? sample.written)
  const renamed = names.filter(
    (name, index) => !config.names && sample.dialect.header && name !== sample.written[index],
  )
  const same = await hasDialectOf({ path: file.path, dialect, tail, context })
  return {
    file,
    path,
    encoding: read.encoding,
    longestRecord: read.longestRecord,
    names,
    renamed,
    sample,
    known: before === file.bytes,
    tail: same ? tail : undefined,
    warnings: [...read.warnings, ...sample.oddities.map((oddity) => oddityWarning(file.shown, oddity))],
  }
}

/** True where a file is cut now as it was before its tail came: new lines may turn a header into a row, or choose another delimiter. */
async function hasDialectOf({
  path,
  dialect,
  tail,
  context,
}: {
  readonly path: string
  readonly dialect: Dialect
  readonly tail: Tail | undefined
  readonly context: SourceContext
}): Promise<boolean> {
  const now = JSON.stringify(dialect)
  await context.remember('dialect', path, async () => now)
  return tail !== undefined && (await context.remember('dialect', path, async () => '', tail.after)) === now
}

async function assertNoBetterDelimiter(
  path: string,
  {
    shown,
    given,
    options,
  }: { readonly shown: string; readonly given: string; readonly options: DialectOptions },
): Promise<void> {
  const other = await detectDialect(path, options)
  if (other.written.length <= 1) return
  throw sourceFailed({
    code: 'wrong_delimiter',
    message: `${JSON.stringify(given)} separates nothing in ${shown}, ${JSON.stringify(other.dialect.delimiter)} gives ${other.written.length} columns`,
    hint: `write delimiter: ${JSON.stringify(other.dialect.delimiter)}, or leave it out`,
  })
}

function noDelimiter(shown: string): Error {
  return sourceFailed({
    code: 'delimiter_not_found',
    message: `${shown} quotes its cells, and what stands between them is no delimiter that is known`,
    hint: 'say which one it is: delimiter: "~"; or quote: "" if quotes mean nothing in this file',
  })
}

/** What is odd about the first lines, and what to write if it was taken for the wrong thing. */
function oddityWarning(shown: string, oddity: Oddity): Warning {
  switch (oddity.kind) {
    case 'lines_before_header':
      return {
        code: 'lines_before_header',
        message: `${shown} has ${oddity.lines} ${oddity.lines === 1 ? 'line' : 'lines'} before its header, which were passed over`,
        hint: `write skip_lines: ${oddity.lines} if that is right, header: true if the first line names the columns`,
      }
    case 'narrow_header':
      return {
        code: 'header_narrow',
        message: `${shown} has ${oddity.cells} ${oddity.cells === 1 ? 'cell' : 'cells'} in its header, and ${oddity.most} in most lines, which are refused`,
        hint: 'if these are lines before the header, say how many: skip_lines: 3; or name the columns: header: false and names',
      }
    case 'quotes_in_header':
      return {
        code: 'header_quotes',
        message: `${shown}:${oddity.line} has a quote in the header that is not closed as it should be; the names were read without quotes`,
        hint: 'correct the header, or name the columns: names, with skip_lines to pass over it',
      }
  }
}

function wrongNames(shown: string, given: number, { written }: Sample): Error {
  return sourceFailed({
    code: 'names_do_not_fit',
    message: `${shown} has ${written.length} columns, but \`names\` lists ${given}`,
    hint: `name each column in order${written.some(Boolean) ? `: ${written.join(', ')}` : ''}`,
  })
}
