import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Database } from '@sillage/duckdb'
import { sql } from '@sillage/sdk'
import { tableFromArrays, tableToIPC } from 'apache-arrow'
import type { Files } from '../project.ts'

/** The files that are mutated. */
export interface Seeds {
  readonly inputs: Files
  readonly texts: { readonly csv: string; readonly json: string }
  readonly binaries: { readonly parquet: Uint8Array; readonly arrow: Uint8Array }
}

const people = Array.from({ length: 40 }, (_, id) => ({
  id: id + 1,
  name: ['Zoé', 'Jean-Luc', "O'Neil", 'Ana', ''][id % 5]!,
  email: `p${id}@example.org`,
  amount: `${id * 7}.${10 + id}`,
  day: `2024-0${1 + (id % 9)}-1${id % 10}`,
}))

export async function makeSeeds(): Promise<Seeds> {
  const header = Object.keys(people[0]!).join(',')
  const csv = `${header}\n${people.map((person) => Object.values(person).join(',')).join('\n')}\n`
  const json = `${people.map((person) => JSON.stringify(person)).join('\n')}\n`
  const arrow = tableToIPC(
    tableFromArrays({
      id: Int32Array.from(people, ({ id }) => id),
      name: people.map(({ name }) => name),
      amount: people.map(({ amount }) => amount),
      day: people.map(({ day }) => day),
    }),
    'file',
  )
  return {
    inputs: { 'people.csv': csv, 'more.csv': csv, 'rows.json': json },
    texts: { csv, json },
    binaries: { parquet: await parquet(), arrow },
  }
}

async function parquet(): Promise<Uint8Array> {
  const folder = mkdtempSync(join(tmpdir(), 'sillage-seeds-'))
  try {
    await using database = await Database.open({ path: ':memory:', threads: 1 })
    using session = await database.session()
    const file = join(folder, 'rows.parquet')
    await session.run(
      `copy (select range::integer as id, 'n' || range % 7 as name, range * 1.5 as amount, date '2024-01-01' + range::integer as day, [range] as list from range(60)) to ${sql.literal(file).text} (format parquet)`,
    )
    return readFileSync(file)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
