import { type Sql, sql } from '@sillage/sdk'
import { dateForms } from './date-forms.ts'
import { plainNumber, plainSigns, withoutMark } from './plain-number.ts'
import { sqlTypeOf, type Target } from './target.ts'
import type { TextForm } from './text-form.ts'

/**
 * The value that a text says exactly, else null. DuckDB's own cast is lossy ('1.5' becomes the integer 2, '1e3' 1000, 'yes' true),
 * so a cast holds only where its text is the text that was read, or where a pattern shows that only the form differs.
 */
export function exactFromText(
  { read, number }: { readonly read: Sql; readonly number: Sql },
  target: Target,
  form: TextForm,
): Sql {
  switch (target.kind) {
    case 'text':
      return read
    case 'integer':
    case 'decimal':
    case 'double':
      return sql`coalesce(${exactNumber(number, target)}, ${withPlainSigns(read, target, form)})`
    default:
      return sql`coalesce(${otherFromText(read, target.kind, form)}, ${withoutMarks(read, target.kind, form)})`
  }
}

function exactNumber(text: Sql, target: Target): Sql {
  if (target.kind === 'integer') return integer(text)
  return target.kind === 'decimal' ? decimal(text, target.scale, sqlTypeOf(target)) : double(text)
}

/** Within a list of one, so that the signs are taken off once; only where the number could not be read with them. */
function withPlainSigns(read: Sql, target: Target, form: TextForm): Sql {
  const plain = plainNumber(sql.id('_signs'), form)
  const numbers = sql`list_transform([${plainSigns(read)}], lambda _signs: ${plain})`
  return sql`list_transform(${numbers}, lambda _digits: ${exactNumber(sql.id('_digits'), target)})[1]`
}

/** As above: only where the value could not be read as it stands. */
function withoutMarks(read: Sql, kind: 'boolean' | 'date' | 'timestamp', form: TextForm): Sql {
  return sql`list_transform([${withoutMark(read)}], lambda _bare: ${otherFromText(sql.id('_bare'), kind, form)})[1]`
}

function otherFromText(text: Sql, kind: 'boolean' | 'date' | 'timestamp', form: TextForm): Sql {
  switch (kind) {
    case 'boolean':
      return boolean(text, form)
    case 'date':
      return form.formats.length > 0 ? dateForms(text, form.formats, 'date') : date(text)
    case 'timestamp':
      return form.formats.length > 0 ? dateForms(text, form.formats, 'timestamp') : timestamp(text)
    default:
      return kind satisfies never
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
  const utc = sql`regexp_replace(${text}, ' ?(UTC|GMT|Z|z)$', '+00')`
  const timed = sql`regexp_replace(${utc}, '^(.{16})([-+ ])', '\\1:00\\2')`
  const plain = sql`regexp_replace(${timed}, ' ([+-][0-9:]+)$', '\\1')`
  const moved = sql`make_timestamp(epoch_us(try_cast(${plain} as timestamptz)))`
  const local =
    '[0-9]{4}-[0-9]{2}-[0-9]{2}([ T]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6}0*)?)?)?'
  const offset =
    '[0-9]{4}-[0-9]{2}-[0-9]{2}[ T]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6}0*)?)? ?(Z|z|UTC|GMT|[+-][0-9]{2}(:?[0-9]{2})?)'
  return sql`
    case
      when cast(${value} as varchar) = ${text} and isfinite(${value}) then ${value}
      when regexp_full_match(${text}, ${local}) then ${value}
      when regexp_full_match(${text}, ${offset}) then ${moved}
    end
  `
}
