import { type Sql, sql } from './sql.ts'

/** Invisible: a soft hyphen, what has no width, what steers the direction of a text, a byte-order mark. */
const invisible =
  '[\\x{ad}\\x{34f}\\x{61c}\\x{180e}\\x{200b}\\x{200e}\\x{200f}\\x{202a}-\\x{202e}\\x{2060}-\\x{2064}\\x{2066}-\\x{206f}\\x{feff}]'
/** Around these letters and signs the two joiners do nothing; those of Persian, Indian scripts and emoji need them. */
const unjoined = '[\\p{Latin}\\p{Greek}\\p{Cyrillic}\\p{Nd}\\p{P}\\p{Z}\\p{Cc}]'
/** What a text that is as it should be has none of: the above, blanks of typography, marks that may want composing, letters with a double. */
const suspicious =
  '[\\p{M}\\x{a0}\\x{ad}\\x{37e}\\x{387}\\x{61c}\\x{1100}-\\x{11ff}\\x{1680}\\x{180e}\\x{1f00}-\\x{1fff}\\x{2000}-\\x{200f}\\x{2028}-\\x{202f}\\x{205f}-\\x{206f}\\x{2126}\\x{212a}\\x{212b}\\x{3000}\\x{f900}-\\x{fad9}\\x{feff}]'

/**
 * The one form in which a text is a key, so that what looks alike is alike: Unicode NFC, without characters that nobody sees, every blank of
 * typography a plain space, no blanks around it. The capitals stay. Text that is plain ASCII costs next to nothing.
 */
export function canonicalText(text: Sql): Sql {
  const ends = [sql`' '`, sql`chr(9)`, sql`chr(10)`, sql`chr(13)`].map(
    (char) => sql`ends_with(${text}, ${char})`,
  )
  const begins = sql`(${text} >= '!' and not (${sql.join(ends, ' or ')}))`
  return sql`
    case
      when ${begins} and strlen(${text}) = length(${text}) then ${text}
      when ${begins} and not regexp_matches(${text}, ${suspicious}) then ${text}
      else trim(${composed(text)}, ' ' || chr(9) || chr(10) || chr(13))
    end
  `
}

/**
 * What two texts are compared by as keys: the canonical form of one that holds anything invisible, decomposed or a blank of typography, and
 * else the text itself.
 */
export function textKey(text: Sql): Sql {
  return sql`
    case
      when strlen(${text}) = length(${text}) then ${text}
      when not regexp_matches(${text}, ${suspicious}) then ${text}
      else trim(${composed(text)})
    end
  `
}

/** Whether the canonical form of a text differs from it by more than the blanks around it. */
export function isRewritten(text: Sql): Sql {
  return sql`
    case
      when strlen(${text}) = length(${text}) then false
      when not regexp_matches(${text}, ${suspicious}) then false
      else coalesce(${composed(text)} <> ${text}, false)
    end
  `
}

function composed(text: Sql): Sql {
  const seen = sql`regexp_replace(${text}, ${invisible}, '', 'g')`
  const before = sql`regexp_replace(${seen}, ${`(^|${unjoined})[\\x{200c}\\x{200d}]+`}, '\\1', 'g')`
  const behind = sql`regexp_replace(${before}, ${`[\\x{200c}\\x{200d}]+($|${unjoined})`}, '\\1', 'g')`
  return sql`nfc_normalize(regexp_replace(${behind}, '\\p{Z}', ' ', 'g'))`
}
