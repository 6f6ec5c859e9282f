import { type Sql, sql } from '@sillage/sdk'

/**
 * The form in which names of cities are compared: capitals without accents, one space for hyphens and apostrophes, St and Ste in full,
 * without CEDEX and without the number of a district (`PARIS 12`, `Lyon 3e arrondissement`).
 */
export function cityForm(city: Sql): Sql {
  const plain = sql`regexp_replace(upper(strip_accents(${city})), '[^A-Z0-9]+', ' ', 'g')`
  const whole = sql`regexp_replace(regexp_replace(${plain}, '\\bSTE\\b', 'SAINTE', 'g'), '\\bST\\b', 'SAINT', 'g')`
  return sql`trim(regexp_replace(${whole}, '( CEDEX.*| [0-9]{1,2} ?(ER|E|EME)?( ARRONDISSEMENT)?)\\s*$', ''))`
}
