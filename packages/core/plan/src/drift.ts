import { type Diagnostic, diagnostic } from '@sillage/base'
import type { Locator, PipelineStage } from '@sillage/pipeline'
import { type Column, type RejectRule, sql } from '@sillage/sdk'
import type { SourceStep } from './styles/source-step.ts'

/** How the columns of a source differ from those of its last run. */
interface Drift {
  readonly added: readonly Column[]
  readonly gone: readonly Column[]
  readonly retyped: readonly { readonly name: string; readonly from: string; readonly to: string }[]
}

type Scanned = Pick<SourceStep, 'columns' | 'select' | 'rejects' | 'stored' | 'appended' | 'provenance'>

interface DriftFacts<S extends Scanned> {
  readonly stage: PipelineStage
  readonly step: S
  /** Columns of the last run; undefined where there was none. */
  readonly last: readonly Column[] | undefined
  readonly locate: Locator
}

/**
 * Holds a source to `on_drift`: what `evolve` allows is said, what `freeze` does not is an error, and `reject` leaves the columns as they were
 * and refuses the rows that carry the change.
 */
export function applyDrift<S extends Scanned>({
  stage,
  step,
  last,
  locate,
}: DriftFacts<S>): { readonly step: S; readonly diagnostics: readonly Diagnostic[] } {
  const drift = last && compare(last, step.columns)
  if (!last || !drift) return { step, diagnostics: [] }
  const { columns, types } = stage.onDrift
  const diagnostics = [
    ...say({ stage, locate, policy: columns, texts: columnTexts(drift) }),
    ...say({ stage, locate, policy: types, texts: typeTexts(drift) }),
    ...(columns === 'reject' && drift.gone.length > 0 ? [cannotReject(stage, drift, locate)] : []),
  ]
  return {
    step: columns === 'reject' || types === 'reject' ? refusing({ stage, step, last, drift }) : step,
    diagnostics,
  }
}

function compare(last: readonly Column[], now: readonly Column[]): Drift | undefined {
  const before = new Map(last.map(({ name, type }) => [name, type]))
  const names = new Set(now.map(({ name }) => name))
  const drift: Drift = {
    added: now.filter(({ name }) => !before.has(name)),
    gone: last.filter(({ name }) => !names.has(name)),
    retyped: now.flatMap(({ name, type: to }) => {
      const from = before.get(name)
      return from === undefined || from === to ? [] : [{ name, from, to }]
    }),
  }
  return drift.added.length + drift.gone.length + drift.retyped.length > 0 ? drift : undefined
}

/** One column gone and one new of the same type were probably one that was renamed. */
function columnTexts({ added, gone }: Drift): readonly string[] {
  const [was] = gone
  const [is] = added
  if (added.length === 1 && gone.length === 1 && was!.type === is!.type)
    return [`"${was!.name}" is gone and "${is!.name}" is new: was it renamed?`]
  return [
    ...added.map(({ name, type }) => `"${name}" (${type}) is new`),
    ...gone.map(({ name }) => `"${name}" is gone`),
  ]
}

function typeTexts({ retyped }: Drift): readonly string[] {
  return retyped.map(({ name, from, to }) => `"${name}" is ${to} instead of ${from}`)
}

function say({
  stage,
  locate,
  policy,
  texts,
}: {
  readonly stage: PipelineStage
  readonly locate: Locator
  readonly policy: PipelineStage['onDrift']['columns']
  readonly texts: readonly string[]
}): readonly Diagnostic[] {
  if (texts.length === 0) return []
  const place = locate.key(['stages', stage.name])
  const message = `The source of "${stage.name}" changed: ${texts.join('; ')}`
  if (policy === 'freeze')
    return [
      diagnostic({
        code: 'source_drifted',
        message,
        span: place,
        hint: 'fix the export, or allow the change for a run: on_drift: evolve',
      }),
    ]
  return [
    diagnostic({
      code: 'source_drifted',
      message,
      span: place,
      severity: policy === 'reject' ? 'warning' : 'info',
      hint:
        policy === 'reject'
          ? `rows that carry the change are refused: sillage rejects --stage ${stage.name}`
          : 'on_drift: freeze or reject stops such a change',
    }),
  ]
}

function cannotReject(stage: Pick<PipelineStage, 'name'>, { gone }: Drift, locate: Locator): Diagnostic {
  return diagnostic({
    code: 'source_drifted',
    message: `${gone.map(({ name }) => `"${name}"`).join(', ')} of "${stage.name}" ${gone.length > 1 ? 'are' : 'is'} gone from every row: there is no row to refuse`,
    span: locate.key(['stages', stage.name]),
    hint: 'fix the export, or allow the change for a run: on_drift: evolve',
  })
}

/** The source with the columns that it had; a rule a new or retyped column. */
function refusing<S extends Scanned>({
  stage,
  step,
  last,
  drift,
}: {
  readonly stage: PipelineStage
  readonly step: S
  readonly last: readonly Column[]
  readonly drift: Drift
}): S {
  const { columns, types } = stage.onDrift
  const added = columns === 'reject' ? drift.added : []
  const retyped = types === 'reject' ? drift.retyped : []
  const rules = [
    ...added.map(({ name }) => ({
      rule: { code: 'column_new', column: name, message: `the column "${name}" is new` } satisfies RejectRule,
      broken: sql`${sql.id(name)} is not null`,
    })),
    ...retyped.map(({ name, from, to }) => {
      const column = sql.id(name)
      const back = sql`cast(try_cast(${column} as ${sql.trusted(from)}) as ${sql.trusted(to)})`
      return {
        rule: { code: 'type_changed', column: name, message: `the value is no ${from}` } satisfies RejectRule,
        broken: sql`${back} is distinct from ${column}`,
      }
    }),
  ]
  if (rules.length === 0) return step
  const typeOf = new Map(last.map(({ name, type }) => [name, type]))
  const refused = new Set(added.map(({ name }) => name))
  const cast = new Set(retyped.map(({ name }) => name))
  const kept = step.columns.filter(({ name }) => !refused.has(name))
  const bits = sql.join(
    rules.map(({ broken }, bit) => sql`case when ${broken} then ${1n << BigInt(bit)} else 0 end`),
    ' | ',
  )
  const values = kept.map(({ name }) => {
    const column = sql.id(name)
    return cast.has(name)
      ? sql`try_cast(${column} as ${sql.trusted(typeOf.get(name)!)}) as ${column}`
      : column
  })
  const fields = step.columns.map(({ name }) => sql`${sql.id(name)} := ${sql.id(name)}`)
  const select = sql`
    select ${sql.join([...values, ...(step.provenance ? [sql`_file`, sql`_line`] : [])])}, _reject,
      case when _reject <> 0 then cast(to_json(struct_pack(${sql.join(fields)})) as varchar) end as _raw
    from (select *, cast(${bits} as bigint) as _reject from (${sql.trusted(step.select)}))
  `
  return {
    ...step,
    select: select.text,
    columns: kept.map((column) => ({
      ...column,
      type: cast.has(column.name) ? typeOf.get(column.name)! : column.type,
    })),
    rejects: rules.map(({ rule }) => rule),
    stored: step.stored ?? 'it refuses rows that carry a change of its columns',
    appended: undefined,
  }
}
