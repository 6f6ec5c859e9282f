import type { MartTable } from '@sillage/ledger'
import { type PipelineMart, referenceSql, type Step } from '@sillage/plan'
import type { Column } from '@sillage/sdk'

/** What a mart is read from, as the pipeline writes it. */
export function referenceOf({ from }: PipelineMart): string {
  return from.output === undefined ? from.stage : `${from.stage}.${from.output}`
}

/** The columns of a mart, with what it says of them. */
export function martColumns(mart: PipelineMart, step: Step): readonly Column[] {
  const columns =
    mart.from.output === undefined ? step.columns : (step.outputs?.[mart.from.output]?.columns ?? [])
  return columns.map((column) => {
    const { description, personal, meaning } = mart.columns[column.name] ?? {}
    return {
      ...column,
      ...(description === undefined ? {} : { comment: description }),
      ...(personal === undefined ? {} : { personal }),
      ...(meaning === undefined ? {} : { meaning }),
    }
  })
}

/** What a mart's table is read from, and what it says of itself. */
export function martTable(mart: PipelineMart, steps: ReadonlyMap<string, Step>): MartTable {
  return {
    name: mart.name,
    relation: referenceSql(referenceOf(mart), steps),
    columns: martColumns(mart, steps.get(mart.from.stage)!),
    comment: mart.description,
    key: mart.key,
  }
}
