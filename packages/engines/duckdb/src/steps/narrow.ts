import { rangesOf, type Watermark } from '@sillage/ledger'
import { relationOf, relationSql, type Step } from '@sillage/plan'
import { sql } from '@sillage/sdk'
import { createView, type SelectWork, stepTable } from '@sillage/steps'
import { acceptedRows } from './relations.ts'
import type { Workshop } from './workshop.ts'

/** A relation that shows only some of its rows while a step reads it. */
export interface Narrowed {
  readonly stage: string
  /** A select of these rows. */
  readonly only: string
  /** A select of the rows that the scan of the new rows refused. */
  readonly refused: string | undefined
}

/** The new rows of relations, from where they are new on. */
export async function newRows(since: readonly Watermark[], shop: Workshop): Promise<readonly Narrowed[]> {
  const found: Narrowed[] = []
  for (const mark of since) found.push(await newRowsOf(mark, shop))
  return found
}

async function newRowsOf(mark: Watermark, { session, steps }: Workshop): Promise<Narrowed> {
  const { stage } = mark
  const step = steps.get(stage)!
  switch (mark.at) {
    case 'scan': {
      const { select, refused } = (step as Step & { readonly style: 'source' }).appended!
      return { stage, only: select, refused }
    }
    case 'range': {
      const ranges = await rangesOf(session, stage)
      const last = ranges.findLastIndex(({ fingerprint }) => fingerprint === mark.fingerprint)
      const next = ranges[last + 1]
      if (last < 0 || next === undefined) throw new Error(`"${stage}" has no rows behind ${mark.fingerprint}`)
      const only = await acceptedRows(session, step, `rowid >= ${next.first_row}`)
      return { stage, only, refused: undefined }
    }
    case 'end': {
      const only =
        step.stored !== undefined
          ? await acceptedRows(session, step, 'false')
          : `select * from (${(step as { readonly select: string }).select}) where false`
      return { stage, only, refused: undefined }
    }
  }
}

/** The rows of stored stages that have one of the keys in `keys`, a table with the columns of the step's key. */
export async function rowsOfKeys(
  step: SelectWork['step'],
  { keyed, keys }: { readonly keyed: readonly string[]; readonly keys: string },
  { session, steps }: Workshop,
): Promise<readonly Narrowed[]> {
  const same = step.key.map(
    (name) => sql`keys.${sql.id(name)} is not distinct from rows_read.${sql.id(name)}`,
  )
  const found: Narrowed[] = []
  for (const stage of keyed) {
    const all = await acceptedRows(session, steps.get(stage)!)
    const only = `select rows_read.* from (${all}) rows_read semi join ${keys} keys on ${sql.join(same, ' and ').text}`
    found.push({ stage, only, refused: undefined })
  }
  return found
}

/** Lets relations show only these rows; within the transaction of the step that reads them. */
export async function narrow(narrowed: readonly Narrowed[], { session, steps }: Workshop): Promise<void> {
  for (const { stage, only } of narrowed) {
    const relation = relationSql(relationOf(steps.get(stage)!.kind, stage)).text
    await session.run(`create or replace view ${relation} as\n${only}`)
  }
}

/** Lets them show all their rows again. */
export async function widen(narrowed: readonly Narrowed[], shop: Workshop): Promise<void> {
  const { session, steps, order } = shop
  for (const { stage } of narrowed) {
    const step = steps.get(stage)!
    if (step.stored === undefined) await createView(session, step, order.sample)
    else {
      const relation = relationSql(relationOf(step.kind, stage)).text
      const all = await acceptedRows(session, step)
      await session.run(`create or replace view ${relation} as ${all}`)
    }
  }
}

/** The rows of a step's table from a position on; undefined where that is all of them. */
export function behind(first: number): string | undefined {
  return first === 0 ? undefined : `rowid >= ${first}`
}

/** The position of the first row that is appended to a step's table now. */
export async function nextRow(stage: string, { session }: Pick<Workshop, 'session'>): Promise<number> {
  return (await session.row<{ n: number }>(`select count(*) as n from ${stepTable(stage).text}`)).n
}
