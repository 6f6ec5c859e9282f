import { InvalidArgumentError } from 'commander'

/** A `--key` as typed; `stage` where one was named. */
export interface TypedKey {
  readonly stage?: string
  readonly column: string
  readonly value: string
}

export const keyHelp =
  'whose rows: column=value, or stage.column=value; several where a key has several columns'

/** Collects `--key lines.customer_id=17850`. A column may hold dots: a stage is what stands before the first. */
export function collectKey(text: string, before: readonly TypedKey[] = []): readonly TypedKey[] {
  const [, stage, column, value] = /^(?:([a-z][a-z0-9_]*)\.)?([^=]+)=([\s\S]+)$/.exec(text) ?? []
  if (column === undefined || value === undefined) throw new InvalidArgumentError('write it as column=value')
  return [...before, { ...(stage === undefined ? {} : { stage }), column, value }]
}
