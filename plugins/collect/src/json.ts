import { open } from 'node:fs/promises'
import {
  defineSource,
  type Scan,
  type SourceContext,
  type Sql,
  type Static,
  sourceFailed,
  sql,
  t,
} from '@sillage/sdk'
import { checkFileOptions, fileOptions, placeOf } from './files/file-options.ts'
import { type Asked, askFile, countBefore, linesBefore } from './files/grown.ts'
import { type ReadableFile, readableFiles } from './files/readable-files.ts'
import { type Documents, isObject, readDocuments, readLines, refusedDocuments } from './json/documents.ts'
import { cells, distinctKeys, type JsonColumn, pathTo, typeBy, typeFacts } from './json/keys.ts'
import { columnNames } from './text/column-names.ts'
import { type RefusedTables, refusedTables } from './text/refused-lines.ts'
import { encodingNames, utf8File } from './text/utf8-copy.ts'

const config = t.object({
  ...fileOptions,
  columns: t.optional(
    t.map(t.text({ minLength: 1 }), {
      minProperties: 1,
      'x-key-role': 'new-column',
      description:
        'The columns to read and where each stands: a key, or a path such as `$.contact.email`. All keys of all documents unless said.',
    }),
  ),
  all_text: t.optional(t.boolean({ default: false, description: 'Leave every column text.' })),
  format: t.optional(
    t.oneOf(['lines', 'array'], {
      description: 'One document a line, or one array of documents. Found in the file unless said.',
    }),
  ),
  encoding: t.optional(t.oneOf(encodingNames, { description: 'Found in the file unless said.' })),
})

type Config = Static<typeof config>

export default defineSource({
  name: 'collect/json',
  summary: 'Reads JSON documents, one a line or in one array, and refuses those that are broken.',
  description: `
Each key is a column. A column has a type only if every value has it (whole numbers, numbers, booleans); a column of mixed values is
text, and an object or a list stays JSON text. A broken line is refused with its file and line; so is a document that is no object, and
one with bytes that are no text. A line may have 64 MB. A broken array cannot be read at all.
`,
  config,
  check: checkFileOptions,
  examples: [
    {
      title: 'Lines, one of them broken',
      with: { path: 'leads.jsonl' },
      files: {
        'leads.jsonl': '{"id": 1, "name": "Zoé", "tags": ["a"]}\n{"id": 2, "name"\n{"id": 3, "score": 0.5}\n',
      },
      rows: [
        { id: 1, name: 'Zoé', tags: '["a"]', score: null },
        { id: 3, name: null, tags: null, score: 0.5 },
      ],
      rejects: [['broken_json']],
    },
    {
      title: 'Values by their path',
      with: { path: 'forms.json', columns: { email: '$.contact.email', consent: 'consent' } },
      files: { 'forms.json': '[{"contact": {"email": "zoe@example.org"}, "consent": true}]' },
      rows: [{ email: 'zoe@example.org', consent: true }],
    },
  ],
  scan,
})

async function scan({
  config,
  context,
}: {
  readonly config: Config
  readonly context: SourceContext
}): Promise<Scan> {
  const files = await readableFiles({ context, place: placeOf(config) })
  const previous = await context.previous()
  const sources: Source[] = []
  for (const file of files)
    sources.push(await openSource({ file, config, context, before: previous?.get(file.path) }))
  const all = sources.map(({ documents }) => documents)
  const columns = config.columns ? declared(config.columns) : await inferred(sources, context)
  if (columns.length === 0) throw noColumns(files.map(({ shown }) => shown).join(', '))
  const facts = config.all_text ? {} : await factsOf(sources, columns, context)
  const types = columns.map((_, index) => typeBy(facts, index))
  const refused = refusedTables(JSON.stringify(config), ...all.map(({ path }) => path))
  const whole =
    previous === undefined ||
    sources.some(({ known, tail, documents }) => !known && !tail && previous.has(documents.file.path))
  return {
    files: files.map(({ path }) => path),
    select: ({ provenance }) => typed(union(all, { provenance, refused }), { columns, types, provenance }),
    refused: refusedDocuments(all, refused),
    ...(whole ? {} : { appended: await appended({ sources, columns, types, config, context }) }),
    detected: {
      format: [...new Set(all.map(({ format }) => format))].join(', '),
      columns: columns.map(({ name }, index) => `${name} ${types[index] ?? 'text'}`).join(', '),
    },
  }
}

/** A file, and what the last scan knew of it. */
interface Source {
  readonly documents: Documents
  /** True where the last scan read the file as it is. */
  readonly known: boolean
  /** The lines behind the end that the file had at the last scan. */
  readonly tail: { readonly documents: Documents; readonly after: number } | undefined
}

async function openSource({
  file,
  config: { encoding, format },
  context,
  before,
}: {
  readonly file: ReadableFile
  readonly config: Config
  readonly context: SourceContext
  /** Bytes of the file at the last scan. */
  readonly before: number | undefined
}): Promise<Source> {
  const found = format ?? (await firstMark(file.path))
  const lines = found === 'lines' ? ({ quote: '', lines: 'broken', before } as const) : {}
  const { path, longestRecord, tail } = await utf8File({ file, encoding, context, ...lines })
  const documents: Documents = { file, path, format: found, longestRecord }
  if (found === 'array')
    await context
      .query(sql`select count(*) from (${readDocuments(documents, { provenance: false })})`)
      .catch((cause: unknown) => Promise.reject(brokenArray(file.shown, cause)))
  return {
    documents,
    known: before === file.bytes,
    tail: tail && { documents: { ...documents, path: tail.path }, after: tail.after },
  }
}

/** The documents of new files, and those behind the old end of files that grew. */
async function appended({
  sources,
  columns,
  types,
  config,
  context,
}: Omit<TypedFacts, 'provenance'> & {
  readonly sources: readonly Source[]
  readonly config: Config
  readonly context: SourceContext
}): Promise<NonNullable<Scan['appended']>> {
  const parts: Documents[] = []
  for (const source of sources) {
    const { documents, known, tail } = source
    if (known) continue
    if (!tail) parts.push(documents)
    else parts.push({ ...tail.documents, before: await placesBefore(source, context) })
  }
  const refused = refusedTables('appended', JSON.stringify(config), ...parts.map(({ path }) => path))
  if (parts.length === 0) {
    const none = (provenance: boolean): Sql =>
      sql`select null::varchar as document${provenance ? sql`, null::varchar as _file, null::bigint as _line` : sql.empty} where false`
    return { select: ({ provenance }) => typed(none(provenance), { columns, types, provenance }) }
  }
  return {
    select: ({ provenance }) => typed(union(parts, { provenance, refused }), { columns, types, provenance }),
    refused: refusedDocuments(parts, refused),
  }
}

/** Documents and lines of a file before its tail. */
async function placesBefore(
  source: Source,
  context: SourceContext,
): Promise<NonNullable<Documents['before']>> {
  const file = asked(source)
  const read = await countBefore({
    file,
    what: 'read',
    context,
    ask: async (part) => {
      const [row] = await context.query(sql`select count(*) as n from (${readLines(part)})`, [file.path])
      return Number(row!.n)
    },
  })
  return { read, all: await linesBefore(file, context) }
}

function asked({ documents, tail }: Source): Asked<Documents> {
  const { path, bytes } = documents.file
  return { path, bytes, whole: documents, tail: tail && { part: tail.documents, after: tail.after } }
}

/** What stands first past marks, blanks and the zero bytes of UTF-16 tells an array from lines. */
async function firstMark(path: string): Promise<'lines' | 'array'> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(65_536), 0, 65_536, 0)
    return /^[^[{"\w]*\[/.test(buffer.toString('latin1', 0, bytesRead)) ? 'array' : 'lines'
  } finally {
    await file.close()
  }
}

/** The documents of all files that are objects, with their place where it is asked for. */
function union(
  all: readonly Documents[],
  { provenance = false, refused }: { readonly provenance?: boolean; readonly refused?: RefusedTables },
): Sql {
  const selects = all.map((documents) => {
    const place = provenance ? sql`, ${documents.file.shown} as _file, _line` : sql.empty
    return sql`select document${place} from (${readDocuments(documents, { provenance, ...(refused ? { refused } : {}) })}) where ${isObject}`
  })
  return sql.join(selects, '\nunion all\n')
}

/** The keys of all files in the order in which they first appear. */
async function inferred(sources: readonly Source[], context: SourceContext): Promise<readonly JsonColumn[]> {
  const keys = new Set<string>()
  for (const source of sources) {
    const found = await askFile<Documents, readonly string[]>({
      file: asked(source),
      what: 'keys',
      context,
      ask: async (documents) =>
        (await context.query(distinctKeys(union([documents], {})), [source.documents.file.path])).map(
          ({ key }) => String(key),
        ),
      both: (a, b) => [...new Set([...a, ...b])],
    })
    for (const key of found) keys.add(key)
  }
  const list = [...keys]
  const names = columnNames(list)
  return list.map((key, index) => ({ name: names[index]!, path: pathTo(key) }))
}

type Facts = Readonly<Record<string, unknown>>

/** What holds of the values of each column in all files. */
async function factsOf(
  sources: readonly Source[],
  columns: readonly JsonColumn[],
  context: SourceContext,
): Promise<Facts> {
  const both = (a: Facts, b: Facts): Facts =>
    Object.fromEntries(Object.keys(a).map((name) => [name, holdsInBoth(a[name], b[name])]))
  const found: Facts[] = []
  for (const source of sources)
    found.push(
      await askFile<Documents, Facts>({
        file: asked(source),
        what: `types ${JSON.stringify(columns)}`,
        context,
        ask: async (documents) =>
          (await context.query(typeFacts(union([documents], {}), columns), [source.documents.file.path]))[0]!,
        both,
      }),
    )
  return found.reduce(both)
}

/** Null: no value was seen. */
function holdsInBoth(a: unknown, b: unknown): unknown {
  if (a === null || b === null) return a ?? b
  return a === true && b === true
}

function declared(columns: Readonly<Record<string, string>>): readonly JsonColumn[] {
  return Object.entries(columns).map(([name, place]) => ({
    name,
    path: place.startsWith('$') ? place : pathTo(place),
  }))
}

interface TypedFacts {
  readonly columns: readonly JsonColumn[]
  readonly types: readonly (string | undefined)[]
  readonly provenance: boolean
}

function typed(documents: Sql, { columns, types, provenance }: TypedFacts): Sql {
  const place = provenance ? [sql`_file`, sql`_line`] : []
  const texts = cells(documents, columns, place)
  if (types.every((type) => type === undefined)) return texts
  const casts = columns.map(({ name }, index) =>
    types[index]
      ? sql`cast(${sql.id(name)} as ${sql.trusted(types[index])}) as ${sql.id(name)}`
      : sql.id(name),
  )
  return sql`
    select
      ${sql.lines([...casts, ...place])}
    from (
      ${texts}
    )
  `
}

function brokenArray(shown: string, cause: unknown): Error {
  const byte = /at byte \d+/.exec(cause instanceof Error ? cause.message : '')?.[0]
  return sourceFailed({
    code: 'broken_json',
    message: `${shown} is an array of JSON that breaks${byte ? ` ${byte}` : ' somewhere'}`,
    hint: 'write the file again, or one document a line: then only broken lines are refused',
    cause,
  })
}

function noColumns(shown: string): Error {
  return sourceFailed({
    code: 'no_documents',
    message: `${shown} has no document with a key`,
    hint: 'check that the file holds JSON objects, one a line or in one array; name the columns to read an empty file',
  })
}
