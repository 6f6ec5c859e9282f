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
import { type ReadableFile, readableFiles } from './files/readable-files.ts'
import { type Documents, isObject, readDocuments, refusedDocuments } from './json/documents.ts'
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
  const all: Documents[] = []
  for (const file of files) all.push(await openDocuments(file, config, context))
  const documents = union(all, {})
  const columns = config.columns ? declared(config.columns) : await inferred(documents, context)
  if (columns.length === 0) throw noColumns(files.map(({ shown }) => shown).join(', '))
  const [facts = {}] = config.all_text ? [] : await context.query(typeFacts(documents, columns))
  const types = columns.map((_, index) => typeBy(facts, index))
  const refused = refusedTables(JSON.stringify(config), ...all.map(({ path }) => path))
  return {
    files: files.map(({ path }) => path),
    select: ({ provenance }) => typed(union(all, { provenance, refused }), { columns, types, provenance }),
    refused: refusedDocuments(all, refused),
    detected: {
      format: [...new Set(all.map(({ format }) => format))].join(', '),
      columns: columns.map(({ name }, index) => `${name} ${types[index] ?? 'text'}`).join(', '),
    },
  }
}

async function openDocuments(
  file: ReadableFile,
  { encoding, format }: Config,
  context: SourceContext,
): Promise<Documents> {
  const found = format ?? (await firstMark(file.path))
  const lines = found === 'lines' ? ({ quote: '', lines: 'broken' } as const) : {}
  const { path, longestRecord } = await utf8File({ file, encoding, context, ...lines })
  const documents: Documents = { file, path, format: found, longestRecord }
  if (found === 'array')
    await context
      .query(sql`select count(*) from (${readDocuments(documents, { provenance: false })})`)
      .catch((cause: unknown) => Promise.reject(brokenArray(file.shown, cause)))
  return documents
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

async function inferred(documents: Sql, context: SourceContext): Promise<readonly JsonColumn[]> {
  const keys = (await context.query(distinctKeys(documents))).map(({ key }) => String(key))
  const names = columnNames(keys)
  return keys.map((key, index) => ({ name: names[index]!, path: pathTo(key) }))
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
