import { defineSource, type FilesConnection, type Scan, type SourceContext, sourceFailed } from '@sillage/sdk'
import { checkFileOptions, placeOf } from './files/file-options.ts'
import { previousFiles, type ReadableFile, readableFiles } from './files/readable-files.ts'
import { unpacked } from './files/unpacked.ts'
import { appended } from './json/appended.ts'
import { declared, factsOf, inferred, objectsOn, repeatingFiles } from './json/columns.ts'
import { refusedDocuments } from './json/documents.ts'
import { typeBy } from './json/keys.ts'
import { type JsonOptions, jsonOptions } from './json/options.ts'
import { openSource, type Source } from './json/source.ts'
import { typed, union } from './json/typed.ts'
import { columnsRenamed } from './text/column-names.ts'
import { refusedTables } from './text/refused-lines.ts'

export default defineSource<JsonOptions, FilesConnection>({
  name: 'collect/json',
  summary: 'Reads JSON documents, one per line or in one array, and refuses broken ones.',
  description: `
Each key is a column. A column has a type only if every value has it: whole numbers, decimals of at most eighteen digits (nine behind the
point), other numbers as doubles where those give every digit back, booleans. A column of other or mixed values is text, with the digits
that were written; an object or a list stays JSON text. Names that differ only in capitals get \`_1\`, those that begin with \`_\` lose it
(\`_id\` beside \`id\` is \`id_1\`); the run says so.

A broken line is refused with its file and line; so is a document that is not an object, one with a repeated key, and one with bytes
that are not text. A line may have 64 MB. Documents may also span several lines (\`jq .\` writes so) or share one: such a file, like an
array, cannot be read at all where it is broken, and the line of a row is the number of its document. Files that end in \`.gz\`, \`.zst\` or
\`.zip\` (of one file) are unpacked first.
`,
  config: jsonOptions,
  connection: ['files'],
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
        { id: 3, name: null, tags: null, score: '0.5' },
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
  connection,
  context,
}: {
  readonly config: JsonOptions
  readonly connection?: FilesConnection | undefined
  readonly context: SourceContext
}): Promise<Scan> {
  const found = await readableFiles({ context, place: placeOf(config, connection) })
  const files: ReadableFile[] = []
  for (const file of found.files) files.push(await unpacked(file, context))
  const previous = await previousFiles(context)
  const looked: Source[] = []
  for (const file of files)
    looked.push(await openSource({ file, config, context, before: previous?.get(file.path) }))
  const objects = config.columns ? objectsOn(config.columns) : ['$']
  const { columns, renamed, repeating } = config.columns
    ? {
        columns: declared(config.columns),
        renamed: [],
        repeating: await repeatingFiles(looked, objects, context),
      }
    : await inferred(looked, context)
  const sources = looked.map((source) => (repeating.has(source) ? withRepeating(source, objects) : source))
  const all = sources.map(({ documents }) => documents)
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
    followsGrowth: all.some(({ format }) => format === 'lines'),
    warnings: [
      ...found.warnings,
      ...looked.flatMap(({ warnings }) => warnings),
      ...(renamed.length > 0 ? [columnsRenamed(renamed)] : []),
    ],
    detected: {
      format: [...new Set(all.map(({ format }) => format))].join(', '),
      columns: columns.map(({ name }, index) => `${name} ${types[index] ?? 'text'}`).join(', '),
    },
  }
}

/** The file with the objects that are to be looked at for keys that stand twice. */
function withRepeating({ documents, tail, ...source }: Source, repeating: readonly string[]): Source {
  return {
    ...source,
    documents: { ...documents, repeating },
    tail: tail && { ...tail, documents: { ...tail.documents, repeating } },
  }
}

function noColumns(shown: string): Error {
  return sourceFailed({
    code: 'no_documents',
    message: `${shown} has no document with a key`,
    hint: 'check that the file contains JSON objects, one per line or in one array; name the columns to read an empty file',
  })
}
