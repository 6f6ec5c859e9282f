import { join } from 'node:path'
import { Database } from '@sillage/duckdb'
import { BatchWriter, readBatches } from '@sillage/duckdb/bridge'
import type { BatchPlugin, Column } from '@sillage/sdk'
import type { BatchCall } from '@sillage/workers'
import { mapBatches } from '@sillage/workers/batches'
import { WorkerPool } from '@sillage/workers/worker-pool'
import type { Bench, Figure } from '../bench.ts'
import { type Contender, interleave, ratio } from '../interleave.ts'

const ownRows = 1_000_000
/** Rows of a batch, as a step sends them. */
const batchRows = 16_384

interface Case {
  readonly what: string
  readonly plugin: string
  readonly table: string
  readonly columns: readonly Column[]
  readonly config: object
  /** The same in one statement. */
  readonly twin: string
  readonly bar: number
}

const text = { name: 'text', type: 'VARCHAR' }

const cases: readonly Case[] = [
  {
    what: 'identity of 6 columns',
    plugin: 'identity',
    table: 'source',
    columns: [
      { name: 'id', type: 'BIGINT' },
      { name: 'quantity', type: 'INTEGER' },
      { name: 'amount', type: 'DOUBLE' },
      { name: 'day', type: 'DATE' },
      { name: 'product', type: 'VARCHAR' },
      { name: 'name', type: 'VARCHAR' },
    ],
    config: {},
    twin: 'select id, quantity, amount, day, product, name from source',
    bar: 3,
  },
  {
    what: 'a text of 100 values in small letters',
    plugin: 'lower',
    table: '(select few as text from source)',
    columns: [text],
    config: { of: 'text' },
    twin: 'select lower(few) as text from source',
    bar: 3.5,
  },
  {
    what: 'a text, all distinct, in small letters',
    plugin: 'lower',
    table: '(select name as text from source)',
    columns: [text],
    config: { of: 'text' },
    twin: 'select lower(name) as text from source',
    bar: 5.5,
  },
]

/** A step in workers beside its twin in SQL: out of a file of DuckDB, through the plugin, into the file again, committed. */
export const batch: Bench = {
  name: 'batch',
  title: 'a batch step / the same in one statement, CPU, each into a table of a file',
  run: async ({ rows = ownRows, rounds, folder }) => {
    await using database = await Database.open({ path: join(folder, 'work.duckdb') })
    await prepare(database, rows)
    await using pool = await WorkerPool.open({ threads: 2, maxHeapMb: 512, timeoutMs: 600_000 })
    const figures: Figure[] = []
    for (const one of cases) {
      const call = await callOf(one)
      const taken = await interleave(
        { batch: step(one, call, { database, pool, rows }), twin: statement(one, database) },
        rounds,
      )
      figures.push({
        what: one.what,
        ...ratio(taken.batch, taken.twin, 'cpuMs'),
        unit: '×',
        bar: one.bar,
        direction: 'at most',
      })
    }
    return figures
  },
}

async function prepare(database: Database, rows: number): Promise<void> {
  using session = await database.session()
  await session.run(`
    create table source as
    select
      range as id,
      cast(range % 1000 as integer) as quantity,
      (range * 37 % 100000) / 100 as amount,
      date '2020-01-01' + cast(range % 3000 as integer) as day,
      'P' || (range % 4000) as product,
      'Customer Number ' || (range * 7919 % 1000000007) as name,
      'Town of ' || (range * 31 % 100) as few
    from range(${rows})
  `)
}

async function callOf({ plugin: name, columns, config }: Case): Promise<BatchCall> {
  const module = new URL(`./${name}.js`, import.meta.url).href
  const { default: plugin } = (await import(module)) as { readonly default: BatchPlugin }
  const shape = { config, columns, inputs: { input: columns } }
  return {
    kind: 'batch',
    plugin: plugin.name,
    module,
    config,
    reads: columns,
    output: plugin.output(shape),
    rows: 'same',
    rejects: 0,
    outputs: {},
    limits: {},
  }
}

function step(
  { table, columns }: Case,
  task: BatchCall,
  { database, pool, rows }: { readonly database: Database; readonly pool: WorkerPool; readonly rows: number },
): Contender {
  const shape = columns.map(({ name, type }) => `${name} ${type}`).join(', ')
  return {
    work: async () => {
      using session = await database.session()
      using reader = await database.session()
      await session.transaction(async () => {
        await session.run(`create or replace table made (${shape})`)
        await using writer = await BatchWriter.open({
          connection: session.connection,
          schema: 'main',
          table: 'made',
        })
        const source = readBatches({
          connection: reader.connection,
          select: `select ${columns.map(({ name }) => name).join(', ')} from ${table}`,
          batchRows,
        })
        for await (const passed of mapBatches({ pool, source, task })) writer.append(passed.rows)
        if (writer.rows !== rows) throw new Error(`${writer.rows} of ${rows} rows came back`)
        writer.close()
      })
    },
  }
}

function statement({ twin }: Case, database: Database): Contender {
  return {
    work: async () => {
      using session = await database.session()
      await session.run(`create or replace table made as ${twin}`)
    },
  }
}
