import type { Step } from '@sillage/plan'

/** What a column tells of a row that changes over time: the segment that it is in, or a figure that a score or a forecast made. */
export type ColumnRole = 'segment' | 'score'

/**
 * The roles of each stage's columns, by name. A step of `segment` makes a segment in its `into`, else in each new column of text;
 * all that is new in a step of `score` or `predict` is a score. Steps after it carry the role on by the column's name.
 */
export function columnRoles(steps: readonly Step[]): ReadonlyMap<string, ReadonlyMap<string, ColumnRole>> {
  const roles = new Map<string, ReadonlyMap<string, ColumnRole>>()
  const columns = new Map(steps.map((step) => [step.stage, step.columns.map(({ name }) => name)]))
  for (const step of steps) {
    const inputs = Object.values(step.inputs)
      .flat()
      .map((reference) => reference.split('.')[0]!)
    const read = new Set(inputs.flatMap((stage) => columns.get(stage) ?? []))
    const carried = inputs.flatMap((stage) => [...(roles.get(stage) ?? [])])
    const names = new Set(columns.get(step.stage))
    roles.set(step.stage, new Map([...carried, ...made(step, read)].filter(([name]) => names.has(name))))
  }
  return roles
}

function made(
  step: Pick<Step, 'kind' | 'config' | 'columns'>,
  read: ReadonlySet<string>,
): readonly (readonly [string, ColumnRole])[] {
  const { into } = step.config
  const fresh = step.columns.filter(({ name }) => !read.has(name) || name === into)
  switch (step.kind) {
    case 'segment': {
      const named = fresh.filter(({ name }) => name === into)
      const texts = named.length > 0 ? named : fresh.filter(({ type }) => type === 'VARCHAR')
      return texts.map(({ name }) => [name, 'segment'])
    }
    case 'score':
    case 'predict':
      return fresh.map(({ name }) => [name, 'score'])
    case 'collect':
    case 'clean':
    case 'enrich':
    case 'activate':
      return []
  }
}
