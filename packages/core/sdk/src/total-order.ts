import { type Sql, sql } from '@sillage/sql'
import type { PayloadFacts } from './plugin/sink-plugin.ts'

/**
 * Columns by which rows are in a total order, for `order by`: the given ones from the first on, as far as the last of the key, behind which
 * nothing is left to order; all where the key does not stand among them.
 */
export function totalOrder(names: readonly string[], { key }: Pick<PayloadFacts<unknown>, 'key'>): Sql {
  const places = key.map((name) => names.indexOf(name))
  const isKnown = places.length > 0 && !places.includes(-1)
  return sql.join((isKnown ? names.slice(0, Math.max(...places) + 1) : names).map((name) => sql.id(name)))
}
