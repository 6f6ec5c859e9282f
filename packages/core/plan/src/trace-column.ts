import type { PipelineStage } from '@sillage/pipeline'
import { configRoles } from './config-roles.ts'

/** A column, at the stages from which it is followed. */
export interface TracedFrom {
  readonly stages: readonly string[]
  readonly column: string
}

/** How a stage passes columns of one of its inputs on. */
interface Passing {
  readonly input: string
  /** `[name in the input, name in the stage]`. */
  readonly renamed: readonly (readonly [string, string])[]
  /** False for inputs of which only named columns go on. */
  readonly others: boolean
  /** Names that the stage makes itself. */
  readonly made: ReadonlySet<string>
}

/**
 * The names that one column has at each stage, before and after those at which it is known: renamed where a configuration says so
 * (`from:`, a map of columns, a key of a join), else under its own name, until a stage makes a column of that name itself. Names, not
 * columns: whether a stage has one, its relation tells.
 */
export function traceColumn(
  stages: readonly PipelineStage[],
  { stages: known, column }: TracedFrom,
): ReadonlyMap<string, ReadonlySet<string>> {
  const names = new Map(stages.map((stage) => [stage.name, new Set<string>()]))
  for (const stage of known) names.get(stage)?.add(column)
  const passings = stages.map((stage) => [stage.name, passingsOf(stage)] as const)
  for (let grew = true; grew; ) {
    grew = false
    const add = (stage: string, name: string): void => {
      const own = names.get(stage)
      if (own === undefined || own.has(name)) return
      own.add(name)
      grew = true
    }
    for (const [stage, list] of passings)
      for (const passing of list) {
        for (const name of [...(names.get(passing.input) ?? [])])
          for (const after of namesAfter(name, passing)) add(stage, after)
        for (const name of [...names.get(stage)!])
          for (const before of namesBefore(name, passing)) add(passing.input, before)
      }
  }
  return names
}

function namesAfter(name: string, { renamed, others, made }: Passing): readonly string[] {
  const after = renamed.flatMap(([from, to]) => (from === name ? [to] : []))
  return others && !made.has(name) && !renamed.some(([, to]) => to === name) ? [...after, name] : after
}

function namesBefore(name: string, { renamed, others, made }: Passing): readonly string[] {
  const before = renamed.flatMap(([from, to]) => (to === name ? [from] : []))
  if (before.length > 0) return before
  return others && !made.has(name) ? [name] : []
}

function passingsOf(stage: Pick<PipelineStage, 'name' | 'plugin' | 'config' | 'inputs'>): readonly Passing[] {
  const values = configRoles(stage.config, stage.plugin.config)
  const made = new Set<string>()
  const renamed: { readonly pair: readonly [string, string]; readonly input: string | undefined }[] = []
  for (const key of values) {
    if (key.sameIn !== undefined) renamed.push({ pair: [key.text, key.text], input: key.sameIn })
    if (key.role === 'new-column' && !key.isKey) made.add(key.text)
    if (!key.isKey) continue
    const place = JSON.stringify(key.path)
    const from = JSON.stringify([...key.path, 'from'])
    const beside = values.filter(
      (value) => !value.isKey && [place, from].includes(JSON.stringify(value.path)),
    )
    const column = beside.find((value) => value.role === 'column')
    const expression = beside.find((value) => value.role === 'expression')?.text.trim()
    if (column) renamed.push({ pair: [column.text, key.text], input: column.input ?? key.input })
    else if (expression !== undefined && isName(expression))
      renamed.push({ pair: [expression, key.text], input: key.input })
    else if (expression !== undefined) made.add(key.text)
  }
  return Object.entries(stage.inputs).flatMap(([role, refs], index) =>
    refs.map((ref) => ({
      input: ref.stage,
      renamed: renamed.flatMap(({ pair, input }) =>
        (input === undefined ? index === 0 : input === role) ? [pair] : [],
      ),
      others: index === 0,
      made,
    })),
  )
}

function isName(expression: string): boolean {
  return /^[a-z_]\w*$/i.test(expression)
}
