import { Database } from '@sillage/duckdb'
import { BatchWriter, readBatches } from '@sillage/duckdb/bridge'
import type { RecordBatch } from 'apache-arrow'
import type { Bench, Figure } from './bench.ts'
import { type Contender, interleave, ratio, type Taken } from './interleave.ts'

const ownRows = 5_000_000

/** Rows as Arrow batches, against rows that stay in DuckDB. */
export const bridgeOut: Bench = {
  name: 'bridge-out',
  title: '8 columns read as Arrow batches / `create table as` of the same rows',
  run: async ({ rows = ownRows, rounds }) => {
    await using database = await openWithRows(rows)
    using session = await database.session()
    const out = async (): Promise<void> => {
      let seen = 0
      for await (const batch of readBatches({
        connection: session.connection,
        select: 'select * from source',
      }))
        seen += batch.numRows
      if (seen !== rows) throw new Error(`${seen} of ${rows} rows came out`)
    }
    const taken = await interleave({ bridge: { work: out }, table: createTable(database) }, rounds)
    return figures({ bridge: taken.bridge, table: taken.table, bar: 4 })
  },
}

export const bridgeIn: Bench = {
  name: 'bridge-in',
  title: 'Arrow batches of 8 columns appended and committed / `create table as` of the same rows',
  run: async ({ rows = ownRows, rounds }) => {
    await using database = await openWithRows(rows)
    using session = await database.session()
    const batches: RecordBatch[] = []
    for await (const batch of readBatches({ connection: session.connection, select: 'select * from source' }))
      batches.push(batch)
    const into = async (): Promise<void> => {
      await session.transaction(async () => {
        await session.run('create or replace table made as select * from source limit 0')
        await using writer = await BatchWriter.open({
          connection: session.connection,
          schema: 'main',
          table: 'made',
        })
        for (const batch of batches) writer.append(batch)
        writer.close()
      })
    }
    const taken = await interleave(
      { bridge: { work: into, after: () => same(database, rows) }, table: createTable(database) },
      rounds,
    )
    return figures({ bridge: taken.bridge, table: taken.table, bar: 3 })
  },
}

async function openWithRows(rows: number): Promise<Database> {
  const database = await Database.open({ path: ':memory:' })
  using session = await database.session()
  await session.run(`
    create table source as
    select
      range as id,
      cast(range % 1000 as integer) as quantity,
      (range * 37 % 100000) / 100 as amount,
      timestamp '2020-01-01' + to_seconds(range) as at,
      date '2020-01-01' + cast(range % 3000 as integer) as day,
      case when range % 10 <> 0 then range % 3 = 0 end as reached,
      'P' || (range % 4000) as product,
      'customer number ' || (range * 7919 % 1000000) as name
    from range(${rows})
  `)
  return database
}

function createTable(database: Database): Contender {
  return {
    work: async () => {
      using session = await database.session()
      await session.run('create or replace table copied as select * from source')
    },
  }
}

async function same(database: Database, rows: number): Promise<void> {
  using session = await database.session()
  const digest = (table: string) =>
    session.row(`select count(*) as rows, sum(hash(columns(*)) % 1000003) from ${table}`)
  const [made, source] = [JSON.stringify(await digest('made')), JSON.stringify(await digest('source'))]
  if (made !== source) throw new Error(`not the ${rows} rows that went in: ${made} instead of ${source}`)
}

function figures({
  bridge,
  table,
  bar,
}: {
  readonly bridge: readonly Taken[]
  readonly table: readonly Taken[]
  readonly bar: number
}): readonly Figure[] {
  return (['wallMs', 'cpuMs'] as const).map((of) => ({
    what: of === 'wallMs' ? 'wall' : 'CPU',
    ...ratio(bridge, table, of),
    unit: '×',
    bar,
    direction: 'at most',
  }))
}
