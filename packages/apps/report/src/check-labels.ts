import { type Diagnostic, diagnostic, didYouMean, nearest } from '@sillage/base'
import {
  keyChecks,
  type Pipeline,
  type PlannedFacts,
  type PlannedStage,
  type YamlPath,
} from '@sillage/pipeline'
import type { Labels } from './options.ts'

/** Names that a part of `labels:` may hold. */
interface Known {
  readonly what: string
  readonly names: ReadonlySet<string>
  /** False where there may be others, which only a run tells: then a name is held against what it nearly is. */
  readonly isAll: boolean
}

/**
 * Holds the names under `labels:` to what the pipeline has: a label that is misspelt leaves an identifier in the report without a word. Warnings,
 * since the run is right. Of values only those can be held that a stage says it makes (segments, treatments, actions) or a check admits.
 */
export function checkLabels(
  labels: Labels,
  { pipeline, steps, locate }: PlannedFacts,
): readonly Diagnostic[] {
  const columns: Known = { what: 'column', names: columnsOf(steps), isAll: true }
  const stages: Known = { what: 'stage', names: new Set(steps.map(({ stage }) => stage)), isAll: true }
  const unknown = (path: YamlPath, { what, names, isAll }: Known): readonly Diagnostic[] => {
    const name = String(path.at(-1))
    if (names.has(name) || (!isAll && nearest(name, names) === undefined)) return []
    return [
      diagnostic({
        code: 'label_unknown',
        message: `"${name}" has a label, and there is no ${what} of that name`,
        severity: 'warning',
        span: locate.key(path),
        hint: didYouMean(name, names) ?? 'take the label out',
      }),
    ]
  }
  const each = (part: keyof Labels, known: Known | undefined): readonly Diagnostic[] =>
    known ? Object.keys(labels[part] ?? {}).flatMap((name) => unknown(['labels', part, name], known)) : []
  const values = Object.entries(labels.values ?? {}).flatMap(([column, told]) => {
    if (typeof told === 'string') return []
    const path: YamlPath = ['labels', 'values', column]
    if (!columns.names.has(column)) return unknown(path, columns)
    const known = valuesOf(column, steps)
    return known === undefined
      ? []
      : Object.keys(told).flatMap((value) =>
          unknown([...path, value], { what: `value of "${column}"`, names: known, isAll: true }),
        )
  })
  return [
    ...each('columns', columns),
    ...each('stages', stages),
    ...each('segments', segmentsOf(pipeline, steps)),
    ...each('checks', checksOf(pipeline, steps)),
    ...values,
  ]
}

function columnsOf(steps: readonly PlannedStage[]): ReadonlySet<string> {
  const all = steps.flatMap((step) => [
    ...step.columns,
    ...Object.values(step.outputs ?? {}).flatMap(({ columns }) => columns),
  ])
  return new Set(all.map(({ name }) => name))
}

/** What a column may hold; undefined where no stage says so, or another makes a column of its name as well. */
function valuesOf(column: string, steps: readonly PlannedStage[]): ReadonlySet<string> | undefined {
  const admitted = steps.flatMap(({ expect }) =>
    expect.flatMap((check) =>
      check.kind === 'accepted_values' && check.column === column && check.where === undefined
        ? [check.values.map(String)]
        : [],
    ),
  )
  const made = steps.flatMap(({ values }) => values?.[column] ?? [])
  const isMadeElsewhere = steps.some(
    ({ values, creates = [] }) => values?.[column] === undefined && creates.includes(column),
  )
  if (made.length > 0 && !isMadeElsewhere) return new Set([...made, ...admitted.flat()])
  return undefined
}

/** Names of segments; undefined where a column of segments does not come from a stage that names them all. */
function segmentsOf({ marts }: Pipeline, steps: readonly PlannedStage[]): Known | undefined {
  const own = steps.flatMap(({ columns }) => columns.filter(({ meaning }) => meaning === 'segment'))
  const said = marts.flatMap(({ columns }) =>
    Object.entries(columns).flatMap(([name, { meaning }]) => (meaning === 'segment' ? [name] : [])),
  )
  const values = [...new Set([...own.map(({ name }) => name), ...said])].map((name) => valuesOf(name, steps))
  if (values.length === 0) return { what: 'segment', names: new Set(), isAll: true }
  const names = new Set(values.flatMap((one) => [...(one ?? [])]))
  return { what: 'segment', names, isAll: values.every((one) => one !== undefined) }
}

/** What models check of themselves is told by the run. */
function checksOf({ marts }: Pipeline, steps: readonly PlannedStage[]): Known {
  const names = [
    ...steps.flatMap(({ expect }) => expect.flatMap(({ name }) => name ?? [])),
    ...marts.flatMap((mart) => keyChecks(mart).flatMap(({ name }) => name ?? [])),
    'not every row is refused',
  ]
  return { what: 'check', names: new Set(names), isAll: steps.every(({ style }) => style !== 'model') }
}
