import { type Sql, sql } from '@sillage/sql'
import type { SectionFacts } from '../section-facts.ts'
import type { Counted } from './disclosure.ts'
import type { MartTable } from './open-mart.ts'
import { customerOf } from './purchases.ts'

/** People by the key of the main mart; purchases name them by the same text. */
export function peopleOf(main: MartTable): Pick<Counted, 'space' | 'unit'> {
  return { space: 'people', unit: textOf(main.columns.filter(({ key }) => key).map(({ name }) => name)) }
}

/** Columns of counts of people of the main mart, each with the condition that they hold. */
export function countedPeople(
  main: MartTable,
  columns: Readonly<Record<string, Sql | undefined>>,
): readonly Counted[] {
  if (!main.columns.some(({ key }) => key)) return []
  return Object.entries(columns).map(([people, where]) => ({
    people,
    ...peopleOf(main),
    ...(where ? { where } : {}),
  }))
}

/** Columns of counts of who bought. */
export function countedBuyers(
  { purchases, main }: { readonly purchases: MartTable; readonly main: MartTable | undefined },
  columns: Readonly<Record<string, Sql | undefined>>,
): readonly Counted[] {
  return Object.entries(columns).flatMap(([people, where]) =>
    buyersOf(purchases, main).map((one) => ({ people, ...one, ...(where ? { where } : {}) })),
  )
}

/** Who bought, and the lines that say what. */
function buyersOf(
  purchases: MartTable,
  main: MartTable | undefined,
): readonly Pick<Counted, 'space' | 'unit'>[] {
  const customer = customerOf(purchases, main)
  const key = purchases.columns.filter((one) => one.key).map(({ name }) => name)
  return [
    ...(customer ? [{ space: 'people', unit: textOf([customer.name]) }] : []),
    ...(key.length > 0 ? [{ space: purchases.name, unit: textOf(key) }] : []),
  ]
}

/** Everyone in the main mart and every line of purchases: the report tells how many they are, and for how much. */
export function everyone({ main, purchases }: SectionFacts): readonly Sql[] {
  const hasKey = main?.columns.some(({ key }) => key)
  const lines = purchases && buyersOf(purchases, main).find(({ space }) => space === purchases.name)
  return [
    ...(main && hasKey ? [all(main, peopleOf(main))] : []),
    ...(purchases && lines ? [all(purchases, lines)] : []),
  ]
}

function all({ name }: MartTable, { space, unit }: Pick<Counted, 'space' | 'unit'>): Sql {
  return sql`select ${space} as space, hash(${unit}) as unit from ${sql.id('main', name)}`
}

function textOf(columns: readonly string[]): Sql {
  return sql`(${sql.join(
    columns.map((name) => sql`cast(${sql.id(name)} as varchar)`),
    ' || chr(31) || ',
  )})`
}
