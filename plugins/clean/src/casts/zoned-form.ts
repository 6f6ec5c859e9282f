import { type Sql, sql } from '@sillage/sdk'

const letters = '[\\p{L}.]+'
/** What each part of a format may match, loosely: the format itself is held to the rest of the text afterwards. */
const parts: Readonly<Record<string, string>> = {
  b: letters,
  B: letters,
  a: letters,
  A: letters,
  p: letters,
  h: letters,
}
const offset = '(Z|z|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?)'

/** A time with an offset in its format: the text without the offset is read by the format without it, then moved to UTC. */
export function zonedForm(text: Sql, format: string, read: (text: Sql, format: string) => Sql): Sql {
  const [before = '', behind = ''] = format.split('%z')
  const whole = `^(${patternOf(before)})${offset}(${patternOf(behind)})$`
  const local = sql`case when regexp_matches(${text}, ${whole}) then regexp_replace(${text}, ${whole}, '\\1\\3') end`
  const said = sql`regexp_extract(${text}, ${whole}, 2)`
  const digits = sql`regexp_replace(${said}, '[^0-9]', '', 'g')`
  const minutes = sql`(60 * cast(substr(${digits}, 1, 2) as integer) + coalesce(try_cast(substr(${digits}, 3, 2) as integer), 0))`
  const value = read(local, before + behind)
  return sql`
    case
      when ${digits} = '' then ${value}
      when substr(${digits}, 3, 2) > '59' or ${digits} > '1800' then null
      when starts_with(${said}, '-') then ${value} + to_minutes(${minutes})
      else ${value} - to_minutes(${minutes})
    end
  `
}

function patternOf(format: string): string {
  return format.replace(
    /%-?([A-Za-z%])|([^%])/g,
    (_, part: string | undefined, literal: string | undefined) =>
      part === undefined ? literal!.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') : (parts[part] ?? '[0-9]+'),
  )
}
