import { exitCode, fingerprint, SillageError } from '@sillage/base'
import type { Plan, Step } from '@sillage/plan'
import { columnRoles, martColumns, referenceOf } from '@sillage/run'
import type { HistoryDate } from './history-date.ts'

/** What the history keeps of a plan at its as-of date. Throws `history_empty` where no mart has a key and a segment or score. */
export function historyDate(plan: Plan): HistoryDate {
  const steps = new Map(plan.steps.map((step) => [step.stage, step]))
  const roles = columnRoles(plan.steps)
  const tables = plan.marts.flatMap((mart) => {
    const ofMart = roles.get(mart.from.stage)
    const columns = martColumns(mart, steps.get(mart.from.stage)!)
      .map((column) => ({
        ...column,
        key: mart.key.includes(column.name),
        role: ofMart?.get(column.name) ?? null,
      }))
      .filter(({ key, role }) => key || role !== null)
    const tells = mart.key.length > 0 && columns.some(({ key }) => !key)
    if (tells && columns.some(({ name }) => name.toLowerCase() === 'as_of')) throw columnTaken(mart.name)
    return tells ? [{ name: mart.name, from: referenceOf(mart), columns }] : []
  })
  if (tables.length === 0) throw nothingToKeep(plan)
  const sources = tables.map((table) => steps.get(table.from.split('.')[0]!)!.fingerprint)
  return {
    asOf: plan.asOf!,
    tables,
    fingerprint: fingerprint(
      tables,
      sources,
      plan.steps.map((step: Step) => step.expect),
    ),
  }
}

function nothingToKeep({ pipeline }: Plan): SillageError {
  return new SillageError({
    code: 'history_empty',
    message: `No mart of "${pipeline}" has a key and a segment or score to keep over time`,
    hint: 'give the mart of a segment/…, score/… or predict/… stage a key: marts: { customers: { from: …, key: [customer_id] } }',
    exit: exitCode.invalid,
  })
}

function columnTaken(mart: string): SillageError {
  return new SillageError({
    code: 'history_column_taken',
    message: `The mart "${mart}" has a column as_of of its own, which the history puts before each row`,
    hint: 'give that column another name',
    exit: exitCode.invalid,
  })
}
