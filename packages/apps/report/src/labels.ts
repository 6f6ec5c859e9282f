import type { Labels } from './options.ts'
import type { Words } from './words/en.ts'

/** What stands in the report for the names of a pipeline: its own labels first, then the report's words, else the name. */
export interface Labelled {
  readonly column: (name: string) => string
  readonly value: (column: string, value: string) => string
  readonly segment: (column: string, value: string) => string
  readonly check: (name: string) => string
  readonly stage: (name: string) => string
}

export function makeLabels(labels: Labels, words: Words): Labelled {
  const own = (from: Readonly<Record<string, unknown>> | undefined, name: string): string | undefined => {
    const found = from && Object.hasOwn(from, name) ? from[name] : undefined
    return typeof found === 'string' ? found : undefined
  }
  const value = (column: string, name: string): string => {
    const { values } = labels
    const ofColumn = values && Object.hasOwn(values, column) ? values[column] : undefined
    return (
      (typeof ofColumn === 'object' ? own(ofColumn, name) : undefined) ??
      own(values, name) ??
      own(words.treatments, name) ??
      name
    )
  }
  return {
    column: (name) => own(labels.columns, name) ?? name,
    value,
    segment: (column, name) => own(labels.segments, name) ?? value(column, name),
    check: (name) =>
      own(labels.checks, name) ?? words.check(name, (column) => own(labels.columns, column) ?? column),
    stage: (name) => own(labels.stages, name) ?? name,
  }
}
