import { defineSource, type Scan, type SourceContext, sourceFailed } from '@sillage/sdk'
import { checkFileOptions, placeOf } from './files/file-options.ts'
import { readableFiles } from './files/readable-files.ts'
import { appended } from './json/appended.ts'
import { declared, factsOf, inferred } from './json/columns.ts'
import { refusedDocuments } from './json/documents.ts'
import { typeBy } from './json/keys.ts'
import { type JsonOptions, jsonOptions } from './json/options.ts'
import { openSource, type Source } from './json/source.ts'
import { typed, union } from './json/typed.ts'
import { refusedTables } from './text/refused-lines.ts'

export default defineSource({
  name: 'collect/json',
  summary: 'Reads JSON documents, one a line or in one array, and refuses those that are broken.',
  description: `
Each key is a column. A column has a type only if every value has it (whole numbers, numbers, booleans); a column of mixed values is
text, and an object or a list stays JSON text. A broken line is refused with its file and line; so is a document that is no object, and
one with bytes that are no text. A line may have 64 MB. A broken array cannot be read at all.
`,
  config: jsonOptions,
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
  readonly config: JsonOptions
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
    followsGrowth: all.some(({ format }) => format === 'lines'),
    detected: {
      format: [...new Set(all.map(({ format }) => format))].join(', '),
      columns: columns.map(({ name }, index) => `${name} ${types[index] ?? 'text'}`).join(', '),
    },
  }
}

function noColumns(shown: string): Error {
  return sourceFailed({
    code: 'no_documents',
    message: `${shown} has no document with a key`,
    hint: 'check that the file holds JSON objects, one a line or in one array; name the columns to read an empty file',
  })
}
