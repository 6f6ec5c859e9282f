import { type Sql, sql } from '@sillage/sdk'
import type { TextForm } from './text-form.ts'

/**
 * A number's text as DuckDB writes it: `1 234,56` → `1234.56`. Separators that do not stand before each group of three digits
 * stay where they are, so that the cast refuses them; so does a point where the comma is the decimal sign.
 */
export function plainNumber(text: Sql, { decimal, thousands }: TextForm): Sql {
  const pointed = decimal === ',' ? swapped(text) : text
  if (thousands === undefined) return pointed
  const separator = separatorsOf(thousands)
  const grouped = `[+-]?[1-9][0-9]{0,2}(${separator}[0-9]{3})+([${decimal}][0-9]*)?`
  const joined = sql`regexp_replace(${text}, ${separator}, '', 'g')`
  return sql`
    case
      when not contains(${text}, ${thousands}) and strlen(${text}) = length(${text}) then ${pointed}
      when regexp_full_match(${text}, ${grouped}) then ${decimal === ',' ? swapped(joined) : joined}
      else ${pointed}
    end
  `
}

/** A space stands for the blanks of typography too, an apostrophe for those of other keyboards. */
function separatorsOf(thousands: string): string {
  if (thousands === ' ') return '[ \\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{202f}\\x{205f}\\x{3000}]'
  return thousands === "'" ? "['’ʼ´`]" : `[${thousands}]`
}

function swapped(text: Sql): Sql {
  return sql`case when contains(${text}, '.') then '' else replace(${text}, ',', '.') end`
}

/**
 * A number without the signs of typography around its digits: a minus that is none of ASCII's (−, –), one behind the number or apart from it,
 * the parentheses of accounts (`(12.50)` is -12.50), a currency sign before or behind, the mark of a spreadsheet (`'12`, `="12"`). What says two signs stays, so that the cast refuses it.
 */
export function plainSigns(text: Sql): Sql {
  const minus = sql`regexp_replace(${withoutMark(text)}, '[\\x{2010}-\\x{2013}\\x{2212}\\x{fe63}\\x{ff0d}]', '-', 'g')`
  const worth = sql`regexp_replace(${minus}, '^([-+(]?)\\s*\\p{Sc}\\s*([^\\p{Sc}]*)$|^([^\\p{Sc}]*?)\\s*\\p{Sc}\\s*([-+)]?)$', '\\1\\2\\3\\4')`
  const accounted = sql`regexp_replace(${worth}, '^\\(\\s*([^-+()]+?)\\s*\\)$', '-\\1')`
  const before = sql`regexp_replace(${accounted}, '^([^-+()]+?)\\s*-$', '-\\1')`
  return sql`regexp_replace(${before}, '^([-+])\\s+', '\\1')`
}

/** What keeps a spreadsheet from reading a value: an apostrophe in front of it, or `="…"` around it. */
export function withoutMark(text: Sql): Sql {
  return sql`regexp_replace(${text}, '^(?:=?"\\s*([^"]*?)\\s*"|''\\s*([^'']*?))$', '\\1\\2')`
}
