import { type Sql, sql, textKey } from '@sillage/sdk'

/** Words that addresses shorten, in the form without accents and signs; `s/s` has become `S S` there. */
const shortened = [
  ['S ?S', 'SOUS'],
  ['S', 'SUR'],
  ['STES', 'SAINTES'],
  ['STE', 'SAINTE'],
  ['STS', 'SAINTS'],
  ['ST', 'SAINT'],
] as const

/**
 * The form in which names of cities are compared: capitals without accents, œ as OE, one space for hyphens and apostrophes, St, Ste, s/ and
 * ss in full, an article behind the name in front of it (`Havre (Le)`), without CEDEX and without the number of a district (`PARIS 12`,
 * `Lyon 3e arrondissement`).
 */
export function cityForm(city: Sql): Sql {
  const capitals = sql`replace(replace(upper(strip_accents(${textKey(city)})), 'Œ', 'OE'), 'Æ', 'AE')`
  const plain = sql`trim(regexp_replace(${capitals}, '[^A-Z0-9]+', ' ', 'g'))`
  const alone = sql`regexp_replace(${plain}, '( (CEDEX|CDX).*| [0-9]{1,2} ?(ER|E|EME)?( (ARRONDISSEMENT|ARRDT|ARR))?)$', '')`
  const whole = shortened.reduce(
    (form, [word, full]) => sql`regexp_replace(${form}, ${`\\b${word}\\b`}, ${full}, 'g')`,
    alone,
  )
  return sql`regexp_replace(${whole}, '^(.+) (LE|LA|LES|L)$', '\\2 \\1')`
}

/** Other ways to write a name that begins with an article, in the form above: without it, or grown together with it (`LHAY LES ROSES`). */
export function formsWithoutArticle(form: Sql): Sql {
  return sql`
    case
      when regexp_matches(${form}, '^L ') then [substr(${form}, 3), 'L' || substr(${form}, 3)]
      when regexp_matches(${form}, '^(LE|LA|LES|LO|LOS|LAS|EL|ELS|ES|AU|AUX) ') then [regexp_replace(${form}, '^[A-Z]+ ', '')]
      else []
    end
  `
}
