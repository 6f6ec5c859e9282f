import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream, createWriteStream, existsSync, rmSync } from 'node:fs'
import { extname } from 'node:path'
import { finished } from 'node:stream/promises'
import { takeName } from '@sillage/base'
import type { RebuiltTable } from '@sillage/ledger'
import { sql } from '@sillage/sdk'
import { canonicalValue } from '@sillage/sql'
import { isPersons } from '../person.ts'
import { csvRecords } from './csv-records.ts'
import { type RemovalFacts, removalByValue } from './removal.ts'

/** A file that a sink wrote. */
export interface Output {
  readonly stage: string
  readonly path: string
}

export type RebuiltOutput = RebuiltTable & {
  /** Of the new file; absent where the old one stays. */
  readonly sha256?: string
  /** Rows that are left. */
  readonly left?: number
}

/** Writes a file of a sink anew without the person's rows; every other byte of a CSV file stays. One of another format is left and told. */
export async function rebuildOutput(output: Output, facts: RemovalFacts): Promise<RebuiltOutput | undefined> {
  if (!existsSync(output.path)) return undefined
  switch (extname(output.path).toLowerCase()) {
    case '.parquet':
      return await rebuildParquet(output, facts)
    case '.csv':
    case '.tsv':
    case '.txt':
      return await rebuildCsv(output, facts)
    default:
      return { file: output.path, table: output.stage, how: 'none', rows: 0 }
  }
}

async function rebuildCsv({ path, stage }: Output, facts: RemovalFacts): Promise<RebuiltOutput> {
  const next = `${path}.forgetting`
  const hash = createHash('sha256')
  const file = createWriteStream(next)
  let isTheirs: ((cells: readonly string[]) => boolean) | undefined
  let how: RebuiltTable['how'] = 'none'
  let rows = 0
  let left = 0
  try {
    for await (const { bytes, cells } of csvRecords(createReadStream(path, 'latin1'))) {
      if (isTheirs === undefined) ({ isTheirs, how } = matcher(stage, cells, facts))
      else if (isTheirs(cells)) {
        rows += 1
        continue
      } else left += 1
      const buffer = Buffer.from(bytes, 'latin1')
      hash.update(buffer)
      if (!file.write(buffer)) await once(file, 'drain')
    }
    file.end()
    await finished(file)
    if (rows === 0) return { file: path, table: stage, how, rows }
    takeName(next, path)
    return { file: path, table: stage, how, rows, left, sha256: hash.digest('hex') }
  } finally {
    file.destroy()
    rmSync(next, { force: true })
  }
}

/** As `isPersons`, for the cells of a record under these headings. A leading apostrophe is the file's own, against formulas. */
function matcher(
  stage: string,
  header: readonly string[],
  { keys, identifiers }: RemovalFacts,
): { readonly isTheirs: (cells: readonly string[]) => boolean; readonly how: RebuiltTable['how'] } {
  const plain = (cell: string | undefined): string => canonicalValue((cell ?? '').replace(/^'/, ''))
  const places = keys.map((key) =>
    header.flatMap((name, index) =>
      key.names.get(stage)?.has(name.replace(/^'(?=[=+\-@])/, '')) ? [index] : [],
    ),
  )
  if (places.every((own) => own.length > 0))
    return {
      how: 'key',
      isTheirs: (cells) =>
        keys.every((key, part) => places[part]!.some((index) => plain(cells[index]) === key.value)),
    }
  const texts = new Set(
    [...identifiers.keys.filter(({ value }) => /\D/.test(value)), ...identifiers.personal].map(({ value }) =>
      canonicalValue(value),
    ),
  )
  return { how: 'value', isTheirs: (cells) => cells.some((cell) => texts.has(plain(cell))) }
}

async function rebuildParquet({ path, stage }: Output, facts: RemovalFacts): Promise<RebuiltOutput> {
  const next = `${path}.forgetting`
  await using database = await facts.openDatabase({ path: ':memory:' })
  using session = await database.session()
  const from = `read_parquet(${sql.literal(path).text})`
  const described = await session.rows<{ column_name: string; column_type: string }>(
    `describe select * from ${from}`,
  )
  const own = described.map((column) => ({ name: column.column_name, type: column.column_type }))
  const person = isPersons(
    facts.keys,
    stage,
    own.map(({ name }) => name),
  )
  const { where, how } = person ? { where: person, how: 'key' as const } : removalByValue(own, facts)
  if (where === undefined) return { file: path, table: stage, how, rows: 0 }
  try {
    const { n } = await session.row<{ n: number }>(`select count(*) as n from ${from} where ${where.text}`)
    if (n === 0) return { file: path, table: stage, how, rows: 0 }
    const { Count: left } = await session.row<{ Count: number }>(
      `copy (select * from ${from} where not (${where.text})) to ${sql.literal(next).text} (format parquet)`,
    )
    const hash = createHash('sha256')
    for await (const chunk of createReadStream(next)) hash.update(chunk as Buffer)
    takeName(next, path)
    return { file: path, table: stage, how, rows: n, left, sha256: hash.digest('hex') }
  } finally {
    rmSync(next, { force: true })
  }
}
