import { type Sql, sql } from '@sillage/sdk'
import { dateForms } from './date-forms.ts'
import { sqlTypeOf, type Target } from './target.ts'
import type { TextForm } from './text-form.ts'

/**
 * The value that a text says exactly, else null. DuckDB's own cast is lossy ('1.5' becomes the integer 2, '1e3' 1000, 'yes' true),
 * so a cast holds only where its text is the text that was read, or where a pattern shows that only the form differs.
 */
export function exactFromText(text: Sql, target: Target, form: TextForm): Sql {
  switch (target.kind) {
    case 'text':
      return text
    case 'integer':
      return integer(text)
    case 'decimal':
      return decimal(text, target.scale, sqlTypeOf(target))
    case 'double':
      return double(text)
    case 'boolean':
      return boolean(text, form)
    case 'date':
      return form.formats.length > 0 ? dateForms(text, form.formats, 'date') : date(text)
    case 'timestamp':
      return form.formats.length > 0 ? dateForms(text, form.formats, 'timestamp') : timestamp(text)
    default:
      return target satisfies never
  }
}

/** Leading zeros are digits that a number would lose: `007` is text. */
function integer(text: Sql): Sql {
  const value = sql`try_cast(${text} as bigint)`
  const same = sql`cast(${value} as varchar) = ${text}`
  return sql`case when ${same} or (starts_with(${text}, '+') and '+' || cast(${value} as varchar) = ${text}) then ${value} end`
}

/** At most `scale` decimals, then zeros only. */
function decimal(text: Sql, scale: number, type: string): Sql {
  const value = sql`try_cast(${text} as ${sql.trusted(type)})`
  const form =
    scale === 0
      ? '[+-]?(0|[1-9][0-9]*)([.]0*)?'
      : `[+-]?((0|[1-9][0-9]*)([.][0-9]{0,${scale}}0*)?|[.][0-9]{1,${scale}}0*)`
  return sql`case when cast(${value} as varchar) = ${text} or regexp_full_match(${text}, ${form}) then ${value} end`
}

/** Up to fifteen digits a double holds any number; past that the digits read must be those that it would be written with. */
function double(text: Sql): Sql {
  const value = sql`try_cast(${text} as double)`
  const form = '[+-]?((0|[1-9][0-9]*)([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)?'
  return sql`
    case
      when not regexp_full_match(${text}, ${form}) or not isfinite(${value}) then null
      when length(${text}) <= 15 or ${digits(text)} = ${digits(sql`cast(${value} as varchar)`)} or length(${digits(text)}) <= 15 then ${value}
    end
  `
}

/** The significant digits of a number's text. */
function digits(text: Sql): Sql {
  return sql`rtrim(ltrim(regexp_replace(${text}, '[eE].*$|[^0-9]', '', 'g'), '0'), '0')`
}

function boolean(text: Sql, { yes, no }: TextForm): Sql {
  const words = (list: readonly string[]) => sql.join(list.map((word) => sql.literal(word.toLowerCase())))
  return sql`case when lower(${text}) in (${words(yes)}) then true when lower(${text}) in (${words(no)}) then false end`
}

function date(text: Sql): Sql {
  const value = sql`try_cast(${text} as date)`
  return sql`case when cast(${value} as varchar) = ${text} and isfinite(${value}) then ${value} end`
}

/** ISO 8601 with a space or a T; an offset moves the time to UTC (a plain cast would drop it). */
function timestamp(text: Sql): Sql {
  const value = sql`try_cast(${text} as timestamp)`
  const moved = sql`make_timestamp(epoch_us(try_cast(${text} as timestamptz)))`
  const local =
    '[0-9]{4}-[0-9]{2}-[0-9]{2}([ T]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6}0*)?)?)?'
  const offset =
    '[0-9]{4}-[0-9]{2}-[0-9]{2}[ T]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6}0*)?)? ?(Z|[+-][0-9]{2}(:?[0-9]{2})?)'
  return sql`
    case
      when cast(${value} as varchar) = ${text} and isfinite(${value}) then ${value}
      when regexp_full_match(${text}, ${local}) then ${value}
      when regexp_full_match(${text}, ${offset}) then ${moved}
    end
  `
}
