import { type SourceContext, sourceFailed } from '@sillage/sdk'
import type { ReadableFile } from '../files/readable-files.ts'
import { columnNames } from '../text/column-names.ts'
import { type Dialect, detectDialect, type Sample } from '../text/dialect.ts'
import type { Encoding } from '../text/encoding.ts'
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
}

export interface Tail {
  readonly path: string
  /** Bytes of the file before it. */
  readonly after: number
}

/** Looks at a file: encoding, dialect, names, and what the last scan knew of it. Throws where it holds nothing, or not what the configuration says. */
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
}): Promise<Table> {
  const whitespace = config.delimiter === 'whitespace'
  const { quote = '"' } = config
  const { path, encoding, longestRecord, tail } = await utf8File({
    file,
    encoding: config.encoding,
    lines: whitespace ? 'blanks' : undefined,
    quote,
    context,
    before,
  })
  const delimiter = whitespace ? ',' : config.delimiter === 'tab' ? '\t' : config.delimiter
  const sample = await detectDialect(path, { delimiter, quote: config.quote, header: config.header })
  if (sample.written.length === 0) throw noRows(file.shown)
  if (config.names && config.names.length !== sample.written.length)
    throw wrongNames(file.shown, config.names.length, sample)
  if (config.delimiter !== undefined && sample.written.length === 1)
    await assertNoBetterDelimiter(path, file.shown, config)
  const names = columnNames(config.names ?? sample.written)
  const renamed = names.filter(
    (name, index) => !config.names && sample.dialect.header && name !== sample.written[index],
  )
  const same = await hasDialectOf({ path: file.path, dialect: sample.dialect, tail, context })
  return {
    file,
    path,
    encoding,
    longestRecord,
    names,
    renamed,
    sample,
    known: before === file.bytes,
    tail: same ? tail : undefined,
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
  shown: string,
  { quote, header, delimiter }: CsvOptions,
): Promise<void> {
  const other = await detectDialect(path, { quote, header })
  if (other.written.length === 1) return
  throw sourceFailed({
    code: 'wrong_delimiter',
    message: `${JSON.stringify(delimiter)} separates nothing in ${shown}, ${JSON.stringify(other.dialect.delimiter)} gives ${other.written.length} columns`,
    hint: `write delimiter: ${JSON.stringify(other.dialect.delimiter)}, or leave it out`,
  })
}

function noRows(shown: string): Error {
  return sourceFailed({
    code: 'file_empty',
    message: `${shown} has no line with text`,
    hint: 'check the export that wrote it, or take the file out of the list',
  })
}

function wrongNames(shown: string, given: number, { written }: Sample): Error {
  return sourceFailed({
    code: 'names_do_not_fit',
    message: `${shown} has ${written.length} columns, but \`names\` lists ${given}`,
    hint: `name each column in order${written.some(Boolean) ? `: ${written.join(', ')}` : ''}`,
  })
}
