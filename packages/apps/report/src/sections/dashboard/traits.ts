import { exactSum, isNumeric, isText, type Sql, sql } from '@sillage/sql'
import { askTable, type More } from '../../mart/ask-table.ts'
import { kindsOf, sidesOf } from '../../mart/kinds-of.ts'
import { type MartColumn, meaningOf } from '../../mart/open-mart.ts'
import { countedPeople } from '../../mart/units.ts'
import type { Block } from '../../report.ts'
import type { MakeSection } from '../../section-facts.ts'

/** What is told of the people of each side: for how many each trait holds, its mean where it is a number, by activity. */
export const traits: MakeSection = async ({ mart, main, words, labels, minGroup, disclosure }) => {
  const told = main?.columns.filter(({ meaning }) => meaning === 'trait') ?? []
  if (!main || told.length === 0) return []
  const kinds = await kindsOf({ mart, labels }, main)
  const names = kinds.map((_, index) => `kind_${index}`)
  const withMean = told.some(({ type }) => isNumeric(type))
  const blocks: Block[] = []
  for (const side of await sidesOf({ mart, labels }, main)) {
    const parts = (more: More) =>
      told.map((trait, index) => {
        const count = (where: Sql): Sql => sql`count(*) filter (where ${holds(trait)} and ${where})`
        const columns = [
          sql`${index} as place`,
          sql`${trait.name} as trait`,
          sql`${count(side.holds)} as people`,
          ...(withMean ? [sql`${mean(trait, side.holds)} as mean`] : []),
          ...kinds.map(
            (kind, number) =>
              sql`${count(sql`${side.holds} and ${kind.holds}`)} as ${sql.id(names[number]!)}`,
          ),
        ]
        return sql`select ${sql.join(columns)}${more(sql`${holds(trait)} and ${side.holds}`)} from ${sql.id('main', main.name)}`
      })
    blocks.push(
      await askTable({
        session: mart.session,
        select: (more) => sql`
          select * exclude (place) from (
            ${sql.join(parts(more), '\nunion all ')}
          )
          order by place
        `,
        caption: words.dashboard.traits(side.name),
        minGroup,
        disclosure,
        counted: countedPeople(main, {
          people: undefined,
          ...Object.fromEntries(kinds.map(({ holds: is }, index) => [names[index]!, is])),
        }),
        totals: { rows: false, across: names },
        columns: [
          { name: 'trait', title: words.dashboard.trait, format: 'text', label: labels.column },
          { name: 'people', title: words.people, format: 'count', people: 'people' },
          ...(withMean
            ? [{ name: 'mean', title: words.dashboard.mean, format: 'number' as const, people: 'people' }]
            : []),
          ...kinds.map(({ name: title }, index) => {
            const name = names[index]!
            return { name, title, format: 'count' as const, people: name }
          }),
        ],
      }),
    )
  }
  const side = meaningOf(main, 'side')
  return [...blocks, { kind: 'prose', text: words.dashboard.traitsNote(side && labels.column(side.name)) }]
}

/** True, a list with something in it, a number above 0, or any other value. */
function holds({ name, type }: MartColumn): Sql {
  const value = sql.id(name)
  if (type === 'BOOLEAN') return sql`coalesce(${value}, false)`
  if (type.endsWith('[]')) return sql`coalesce(len(${value}), 0) > 0`
  if (isNumeric(type)) return sql`coalesce(${value}, 0) > 0`
  return isText(type) ? sql`trim(coalesce(${value}, '')) <> ''` : sql`${value} is not null`
}

function mean(trait: MartColumn, side: Sql): Sql {
  if (!isNumeric(trait.type)) return sql`null::double`
  const counted = sql`case when ${side} and ${holds(trait)} then ${sql.id(trait.name)} end`
  return sql`round(cast(${exactSum(counted, trait.type)} / nullif(count(${counted}), 0) as double), 3)`
}
