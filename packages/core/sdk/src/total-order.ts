import { type Sql, sql } from '@sillage/sql'
import type { PayloadFacts } from './plugin/sink-plugin.ts'

/**
 * Columns that give a total order, for `order by`: the given ones up to the last column of the key, since the rest cannot change the order; all
 * of them if they do not include the key.
 */
export function totalOrder(names: readonly string[], { key }: Pick<PayloadFacts<unknown>, 'key'>): Sql {
  const places = key.map((name) => names.indexOf(name))
  const isKnown = places.length > 0 && !places.includes(-1)
  return sql.join((isKnown ? names.slice(0, Math.max(...places) + 1) : names).map((name) => sql.id(name)))
}
