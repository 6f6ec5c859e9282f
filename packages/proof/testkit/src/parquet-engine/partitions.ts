import { join } from 'node:path'
import { referenceSql } from '@sillage/plan'
import { type Sql, sql } from '@sillage/sdk'
import type { MapWork, SelectWork } from '@sillage/steps'
import { columnsOf, type ParquetRows, selectRows, writeFile } from './parquet-rows.ts'
import type { Workshop } from './workshop.ts'

/** What a step reads, in files: its first input one a partition, the views beside it whole. */
export interface Shared {
  readonly partitions: number
  /** The rows of a partition of the first input; several relations where the step reads several there. */
  rowsOf(partition: number): readonly ParquetRows[]
  /** Lets the relations of the first input show one partition, or all. */
  show(partition: number | 'all'): Promise<void>
}

/**
 * Computes the views that a step reads, once each, and parts the rows of its first input as the step's plugin declares it: by position where
 * each row stands for itself, by the key so that no group is in two parts, not at all where the step needs to see every row. Within a
 * transaction that is rolled back, after which the relations show what they did.
 */
export async function shareOut(
  step: (MapWork | SelectWork)['step'],
  folder: string,
  shop: Workshop,
): Promise<Shared> {
  const { steps } = shop
  const [first = [], ...others] = Object.values(step.inputs)
  const beside = new Set(others.flat())
  const by = first.some((reference) => beside.has(reference)) ? undefined : await bucketOf(step, first, shop)
  const partitions = by === undefined ? 1 : shop.partitions
  const parted = new Map<string, readonly ParquetRows[]>()
  for (const [index, reference] of first.entries()) {
    const parts = partitions
    const file = (part: number): string => join(folder, `in-${index}-${part}.parquet`)
    parted.set(reference, await part({ reference, by: by ?? sql`0`, parts, file }, shop))
  }
  for (const [index, reference] of [...beside].entries()) {
    if (parted.has(reference) || steps.get(reference.split('.')[0]!)?.stored !== undefined) continue
    const file = (): string => join(folder, `beside-${index}.parquet`)
    const [rows] = await part({ reference, by: sql`0`, parts: 1, file }, shop)
    await showOnly(reference, rows!, shop)
  }
  return {
    partitions,
    rowsOf: (partition) => [...parted.values()].map((parts) => parts[partition]!),
    show: async (partition) => {
      for (const [reference, parts] of parted)
        await showOnly(reference, partition === 'all' ? together(parts) : parts[partition]!, shop)
    },
  }
}

/** In which partition a row of `shared` is; undefined where all are in one. */
async function bucketOf(
  step: (MapWork | SelectWork)['step'],
  first: readonly string[],
  { session, steps, partitions }: Workshop,
): Promise<Sql | undefined> {
  switch (step.incremental) {
    case 'by_row':
      return sql`(row_number() over () - 1) % ${partitions}`
    case 'by_key': {
      const types = new Set<string>()
      for (const reference of first) {
        const columns = await columnsOf(session, referenceSql(reference, steps).text)
        const found = step.key.map((name) => columns.find((column) => column.name === name)?.type)
        if (found.includes(undefined)) return undefined
        types.add(found.join())
      }
      // Equal values of two types have hashes of their own.
      if (types.size > 1) return undefined
      return sql`hash(${sql.join(step.key.map((name) => sql.id(name)))}) % ${partitions}`
    }
    case 'whole':
      return undefined
  }
}

async function part(
  {
    reference,
    by,
    parts,
    file,
  }: {
    readonly reference: string
    readonly by: Sql
    readonly parts: number
    readonly file: (part: number) => string
  },
  { session, steps }: Workshop,
): Promise<readonly ParquetRows[]> {
  const relation = referenceSql(reference, steps).text
  await session.run(`create or replace temp table shared as select *, ${by.text} as _part from ${relation}`)
  const columns = (await columnsOf(session, 'temp.main.shared')).filter(({ name }) => name !== '_part')
  const rows: ParquetRows[] = []
  for (let index = 0; index < parts; index++) {
    await writeFile(session, {
      relation: 'temp.main.shared',
      columns,
      file: file(index),
      where: `_part = ${index}`,
    })
    rows.push({ files: [file(index)], columns })
  }
  await session.run('drop table temp.main.shared')
  return rows
}

async function showOnly(reference: string, rows: ParquetRows, { session, steps }: Workshop): Promise<void> {
  const relation = referenceSql(reference, steps).text
  await session.run(`create or replace view ${relation} as ${selectRows(rows).text}`)
}

/** Rows of the same columns, behind each other. */
export function together(parts: readonly ParquetRows[]): ParquetRows {
  return { columns: parts[0]!.columns, files: parts.flatMap(({ files }) => files) }
}
