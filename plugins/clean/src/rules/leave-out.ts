import { type Column, type Sql, sql } from '@sillage/sdk'
import { type CastColumn, setsNull } from './judge-column.ts'

interface LeaveOutFacts {
  readonly conditions: readonly string[]
  readonly casts: readonly CastColumn[]
  readonly columns: readonly Column[]
  readonly expression: (text: string) => Sql
}

/**
 * The rows without those that are left out. A condition sees the values of the contract under their names, and what the input has beside
 * them; then the columns of the input stand under their own names again. A row does not leave on account of a value that does not cast:
 * that one is not missing, it is wrong.
 */
export function leaveOut(typed: Sql, { conditions, casts, columns, expression }: LeaveOutFacts): Sql {
  if (conditions.length === 0) return typed
  const hidden = columns.filter((column) => casts.some(({ name }) => isSame(name, column.name)))
  const names = casts.map(({ name }) => sql.id(name))
  const aside = hidden.map(({ name }) => sql`${sql.id(name)} as ${sql.id(`${name} → input`)}`)
  const back = hidden.map(({ name }) => sql`${sql.id(`${name} → input`)} as ${sql.id(name)}`)
  const seen = sql`
    select * ${exclude(hidden.map(({ name }) => sql.id(name)))},
      ${sql.lines([...aside, ...casts.map(({ name, value }) => sql`${value} as ${sql.id(name)}`)])}
    from ${typed}
  `
  const met = conditions.map((condition) => {
    const wrong = casts
      .filter((cast) => cast.canFail && !setsNull(cast) && mentions(condition, cast.name))
      .map(({ read, value }) => sql`(${read} is not null and ${value} is null)`)
    return wrong.length === 0
      ? sql`${expression(condition)} is true`
      : sql`(${expression(condition)} is true and not (${sql.join(wrong, ' or ')}))`
  })
  return sql`
    (
      select * ${exclude([...names, ...hidden.map(({ name }) => sql.id(`${name} → input`)), sql`_left_out`])}${back.length === 0 ? sql.empty : sql`, ${sql.join(back)}`}
      from (select *, ${sql.join(met, ' or ')} as _left_out from (${seen}))
      where not _left_out
    )
  `
}

function exclude(names: readonly Sql[]): Sql {
  return names.length === 0 ? sql.empty : sql`exclude (${sql.join(names)})`
}

function mentions(condition: string, name: string): boolean {
  return condition.toLowerCase().includes(name.toLowerCase())
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}
