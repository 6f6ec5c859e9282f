import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { type BatchMaker, defineSource, type ReadBatch, type SourceFile, t } from '@sillage/sdk'

interface Config {
  readonly path: string
  readonly reads: 'files' | 'whole' | 'since'
  readonly batch_rows: number
  readonly fails_behind?: number
}

/**
 * The test kit's own source of a format that DuckDB cannot read: cards of a name and a city, `Ann, Lyon`, one a line, `#` before what is none.
 * It reads files as streams (`files`), or a list that has no cursor (`whole`), or the lines behind a number (`since`).
 */
export default defineSource<Config>({
  name: 'collect/cards',
  summary: 'Cards of a test.',
  config: t.object({
    path: t.path(),
    reads: t.oneOf(['files', 'whole', 'since']),
    batch_rows: t.integer({ default: 2 }),
    fails_behind: t.optional(
      t.integer({ description: 'The number of the batch behind which it goes away.' }),
    ),
  }),
  examples: [],
  columns: () => [
    { name: 'name', type: 'VARCHAR' },
    { name: 'city', type: 'VARCHAR' },
  ],
  whole: ({ reads }) => reads !== 'since',
  files: ({ reads, path }) => (reads === 'files' ? path : undefined),
  tellsPlaces: true,
  read: async function* ({ config, since, files, places, make }) {
    let batches = 0
    for await (const batch of config.reads === 'files' ? fromFiles(files, config) : fromList(config, since)) {
      if (batches === config.fails_behind) throw new Error('went away')
      batches += 1
      yield asBatch(batch, { make, places, hasCursor: config.reads === 'since' })
    }
  },
})

interface Card {
  readonly file: string
  readonly line: number
  readonly text: string
}

async function* fromFiles(
  files: readonly SourceFile[],
  { batch_rows }: Config,
): AsyncGenerator<readonly Card[]> {
  let cards: Card[] = []
  for (const { name, open } of files) {
    let line = 0
    for await (const text of createInterface({ input: open() })) {
      line += 1
      if (!text.startsWith('#')) cards.push({ file: name, line, text })
      if (cards.length < batch_rows) continue
      yield cards
      cards = []
    }
  }
  if (cards.length > 0) yield cards
}

function* fromList({ path, batch_rows }: Config, since: string | undefined): Generator<readonly Card[]> {
  const all = readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((text, index) =>
      text === '' || text.startsWith('#') ? [] : [{ file: path, line: index + 1, text }],
    )
  const left = all.filter(({ line }) => line > Number(since ?? 0))
  for (let from = 0; from < left.length; from += batch_rows) yield left.slice(from, from + batch_rows)
}

function asBatch(
  cards: readonly Card[],
  {
    make,
    places,
    hasCursor,
  }: { readonly make: BatchMaker; readonly places: boolean; readonly hasCursor: boolean },
): ReadBatch {
  const cells = cards.map(({ text }) => text.split(', '))
  const batch = make.batch({
    name: make.text(cells.map(([name]) => name)),
    city: make.text(cells.map(([, city]) => city)),
    ...(places
      ? {
          _file: make.text(cards.map(({ file }) => file)),
          _line: make.integer(cards.map(({ line }) => line)),
        }
      : {}),
  })
  return hasCursor ? { batch, cursor: String(cards.at(-1)!.line) } : { batch }
}
