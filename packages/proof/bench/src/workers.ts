import { Database } from '@sillage/duckdb'
import { readBatches } from '@sillage/duckdb/bridge'
import type { BatchPlugin, Column } from '@sillage/sdk'
import { type BatchMessage, toMessage } from '@sillage/sql/arrow'
import { WorkerPool } from '@sillage/workers/worker-pool'
import type { Bench } from './bench.ts'
import { type Contender, interleave, ratio } from './interleave.ts'

const batchRows = 16_384
const ownRows = batchRows * 12
const config = {
  name: { first: 'first', last: 'last' },
  email: 'email',
  phones: ['phone'],
  postcode: 'postcode',
  country: 'FR',
}

/** What a second core brings to the plugin that needs the most of it; DuckDB and the bridge stay outside. */
export const workers: Bench = {
  name: 'workers',
  title: 'clean/contacts with one worker / with two, on batches that are ready',
  run: async ({ rows = ownRows, rounds }) => {
    const module = import.meta.resolve('@sillage/clean/contacts')
    const { default: plugin } = (await import(module)) as { readonly default: BatchPlugin }
    const { messages, columns } = await contacts(rows)
    const shape = { config, columns, inputs: { input: columns } }
    const reads = plugin.reads(shape)
    const call = {
      kind: 'batch' as const,
      plugin: plugin.name,
      module,
      config,
      reads: reads.map((name) => columns.find((column) => column.name === name)!),
      output: plugin.output(shape),
      rows: 'same' as const,
      rejects: 0,
      outputs: {},
      limits: {},
    }
    const open = (threads: number) => WorkerPool.open({ threads, maxHeapMb: 512, timeoutMs: 600_000 })
    await using one = await open(1)
    await using two = await open(2)
    const through = (pool: WorkerPool): Contender => {
      let ready: BatchMessage[] = []
      return {
        before: () => {
          ready = messages.map((message) => structuredClone(message))
        },
        work: async () => {
          const results = await Promise.all(
            ready.map((message) =>
              pool.transform({ ...call, message, firstRow: 0 }, { transfer: buffersOf(message) }),
            ),
          )
          const out = results.reduce((sum, result) => sum + result.rows.rows, 0)
          if (out !== rows) throw new Error(`${out} of ${rows} rows came back`)
        },
      }
    }
    const taken = await interleave({ one: through(one), two: through(two) }, rounds)
    return [
      {
        what: 'speed',
        ...ratio(taken.one, taken.two, 'wallMs'),
        unit: '×',
        bar: 1.6,
        direction: 'at least',
      },
    ]
  },
}

function buffersOf({ buffers }: BatchMessage): readonly ArrayBuffer[] {
  return [...new Set(buffers.flatMap((bytes) => (bytes ? [bytes.buffer as ArrayBuffer] : [])))]
}

/** Contacts in several spellings, some of them broken. */
async function contacts(
  rows: number,
): Promise<{ readonly messages: readonly BatchMessage[]; readonly columns: readonly Column[] }> {
  await using database = await Database.open({ path: ':memory:' })
  using session = await database.session()
  const select = `
    select
      ['JEAN-PIERRE', 'zoé', 'Marie Claude', 'LÉA'][1 + range % 4] as first,
      ['DE LA TOUR', 'martin', 'd''alembert', 'LEFÈVRE'][1 + range // 4 % 4] || chr(cast(65 + range % 26 as integer)) as last,
      case when range % 50 = 0 then 'nobody@' else ' Person.' || range || '@Example.ORG' end as email,
      ['06 39 98 ', '+33 6 39 98 ', '0639.98.', '0033639 98'][1 + range % 4] || lpad(cast(range % 10000 as varchar), 4, '0') as phone,
      lpad(cast(1000 + range % 95000 as varchar), 5, '0') as postcode
    from range(${rows})
  `
  const columns = (await session.table(`${select} limit 0`)).columns
  const messages: BatchMessage[] = []
  for await (const batch of readBatches({ connection: session.connection, select, batchRows }))
    messages.push(structuredClone(toMessage(batch).message))
  return { messages, columns }
}
