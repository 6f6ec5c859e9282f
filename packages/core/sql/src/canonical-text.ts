import { type Sql, sql } from './sql.ts'

/** Invisible: a soft hyphen, what has no width, what steers the direction of a text, a byte-order mark. */
const invisible =
  '[\\x{ad}\\x{34f}\\x{61c}\\x{180e}\\x{200b}\\x{200e}\\x{200f}\\x{202a}-\\x{202e}\\x{2060}-\\x{2064}\\x{2066}-\\x{206f}\\x{feff}]'
/** Blanks of Unicode (category Z) but the plain one. Written out, since each pattern is compiled anew in each statement. */
const blanks = '[\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}]'
/** Around Latin, Greek and Cyrillic letters, digits and signs the two joiners do nothing; those of Persian, Indian scripts and emoji need them. */
const unjoined = '[\\x{01}-\\x{58f}\\x{1e00}-\\x{206f}\\x{3000}-\\x{303f}]'
/** Text of letters, digits and signs that stand for themselves, in any mixture; whatever else a text holds is looked at closely. */
const unsuspicious =
  '[\\x{01}-\\x{9f}\\x{a1}-\\x{ac}\\x{ae}-\\x{2ff}\\x{400}-\\x{482}\\x{48a}-\\x{52f}\\x{2010}-\\x{2027}\\x{2030}-\\x{205e}\\x{20a0}-\\x{20c0}\\x{3041}-\\x{3096}\\x{30a1}-\\x{30fa}\\x{4e00}-\\x{9fff}\\x{ac00}-\\x{d7a3}]*'

/** The blanks of ASCII that texts have around them. */
const blanksAround = [sql`' '`, sql`chr(9)`, sql`chr(10)`, sql`chr(13)`]

/** Plain ASCII without blanks around it, which most texts are: what it holds is its own canonical form. Null for null. */
export function isPlain(text: Sql): Sql {
  const ends = blanksAround.map((char) => sql`ends_with(${text}, ${char})`)
  return sql`(${text} >= '!' and not (${sql.join(ends, ' or ')}) and strlen(${text}) = length(${text}))`
}

/**
 * The one form in which a text is a key, so that what looks alike is alike: Unicode NFC, without characters that nobody sees, every blank of
 * typography a plain space, no blanks around it. The capitals stay. Text that is plain costs next to nothing; `plain` is where that is
 * known already.
 */
export function canonicalText(text: Sql, plain: Sql = isPlain(text)): Sql {
  const blank = sql.join(blanksAround, ' || ')
  return sql`
    case
      when ${plain} then ${text}
      when strlen(${text}) = length(${text}) then trim(${text}, ${blank})
      when regexp_full_match(${text}, ${unsuspicious}) then trim(${text}, ${blank})
      else trim(${composed(text)}, ${blank})
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
      when regexp_full_match(${text}, ${unsuspicious}) then ${text}
      else trim(${composed(text)})
    end
  `
}

/** Whether the canonical form of a text differs from it by more than the blanks around it; `plain` as above. */
export function isRewritten(text: Sql, plain: Sql): Sql {
  return sql`
    case
      when ${plain} then false
      when strlen(${text}) = length(${text}) then false
      when regexp_full_match(${text}, ${unsuspicious}) then false
      else coalesce(${composed(text)} <> ${text}, false)
    end
  `
}

/** Composed before, so that the letters beside a joiner are what they will be, and after, when nothing stands between a letter and its mark. */
function composed(text: Sql): Sql {
  const seen = sql`regexp_replace(nfc_normalize(${text}), ${invisible}, '', 'g')`
  const before = sql`regexp_replace(${seen}, ${`(^|${unjoined})[\\x{200c}\\x{200d}]+`}, '\\1', 'g')`
  const behind = sql`regexp_replace(${before}, ${`[\\x{200c}\\x{200d}]+($|${unjoined})`}, '\\1', 'g')`
  return sql`nfc_normalize(regexp_replace(${behind}, ${blanks}, ' ', 'g'))`
}
