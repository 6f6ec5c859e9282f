import { afterAll, beforeAll, expect, it } from 'vitest'
import { personalColumns } from './personal-lineage.ts'
import type { Binder } from './ports.ts'
import { openBinder } from './testing/small-plan.ts'

let binder: Binder & AsyncDisposable
beforeAll(async () => {
  binder = await openBinder()
})
afterAll(() => binder[Symbol.asyncDispose]())

const people = {
  schema: 'clean',
  table: 'people',
  columns: [
    { name: 'id', type: 'INTEGER' },
    { name: 'Mail', type: 'VARCHAR', personal: true },
    { name: 'born', type: 'DATE', personal: true },
    { name: 'kids', type: 'INTEGER', personal: true },
    { name: 'home', type: 'STRUCT(town VARCHAR)', personal: true },
    { name: 'tags', type: 'VARCHAR[]', personal: true },
  ],
}
const orders = {
  schema: 'clean',
  table: 'orders',
  columns: [
    { name: 'id', type: 'INTEGER' },
    { name: 'note', type: 'VARCHAR' },
  ],
}

/** Names of the columns of a select that are personal, as DuckDB's own binder and parser see it. */
async function personal(select: string): Promise<readonly string[] | undefined> {
  const relations = [people, orders]
  const columns = await binder.describe({ select, relations })
  const found = personalColumns(await binder.parseSelect(select), {
    relations,
    types: columns.map(({ type }) => type),
  })
  return found && columns.flatMap(({ name }, index) => (found[index] ? [name] : []))
}

it.each<[string, string]>([
  ['select id, mail as m, born from clean.people', 'm born'],
  ['select * from clean.people', 'Mail born kids home tags'],
  ['select * exclude (mail, home) from clean.people', 'born kids tags'],
  [`select * replace ('x' as mail, id as born) from clean.people`, 'kids home tags'],
  ['select p.* from clean.people p join clean.orders o on p.id = o.id', 'Mail born kids home tags'],
  ['select o.* from clean.people p join clean.orders o on p.id = o.id', ''],
  ['select o.id, p.mail, note from clean.people p join clean.orders o using (id)', 'Mail'],
  ['select * exclude (home, tags) from clean.people join clean.orders using (id)', 'Mail born kids'],
  ['select people.mail from clean.people', 'Mail'],
  ['select home.town, p.home.town as t2 from clean.people p', 'town t2'],
  ['select p from clean.people p', 'p'],
  [
    'select count(mail) as a, sum(kids) as b, avg(kids) as c, count(distinct mail) as d from clean.people',
    '',
  ],
  ['select max(mail) as a, any_value(kids) as b, list(mail) as c from clean.people', 'a b c'],
  [
    'select upper(mail) as a, length(mail) as b, kids + 1 as c, abs(kids) as d, year(born) as e, date_trunc($$month$$, born) as f from clean.people',
    'a c d f',
  ],
  [
    'select string_split(mail, $$@$$) as a, len(mail) > 3 as b, mail = $$x$$ as c, mail is null as d, mail like $$x%$$ as e from clean.people',
    'a',
  ],
  ['select coalesce(mail, $$x$$) as a, not (kids > 1) as b, mail in ($$x$$) as c from clean.people', 'a'],
  [
    'select cast(kids as varchar) as a, kids::boolean as b, mail collate nocase as c from clean.people',
    'a c',
  ],
  [
    'select case when mail is null then 1 else 0 end as a, case when id = 1 then mail end as b, case when id = 1 then $$x$$ else mail end as c from clean.people',
    'b c',
  ],
  ['select arg_max(mail, id) as a, arg_max(id, mail) as b from clean.people', 'a'],
  [
    'select lag(id, 1) over (order by mail) as a, lag(mail) over (order by id) as b, row_number() over (order by mail) as c from clean.people',
    'b',
  ],
  [
    'select list_transform([id], lambda x: mail) as a, list_transform(tags, lambda x: 1) as b from clean.people',
    'a',
  ],
  ['select m from (select mail as m, id from clean.people) s', 'm'],
  ['select s.b from (select mail, id from clean.people) s(a, b)', ''],
  ['select a from (select mail, id from clean.people) s(a, b)', 'a'],
  ['with c as (select mail as m, id from clean.people) select m, id from c', 'm'],
  ['with c(x, y) as (select id, mail from clean.people) select x, y from c', 'y'],
  ['with a as (select mail from clean.people), b as (select mail as z from a) select z from b', 'z'],
  ['select id, note as x from clean.orders union all select id, mail from clean.people', 'x'],
  ['select id, mail as x from clean.people union all select id, note from clean.orders', 'x'],
  ['select note as x, id from clean.orders union all by name select id, mail as y from clean.people', 'y'],
  [
    'select id as x, note as y from clean.orders union all by name select mail as y, id as x from clean.people',
    'y',
  ],
  [
    'with recursive r(n, m) as (select id, mail from clean.people union all select n + 1, m from r where n < 3) select n, m from r',
    'm',
  ],
  [
    'with recursive r(n, m) as (select id, note from clean.orders union all select p.id, p.mail from r join clean.people p on p.id = r.n) select n, m from r',
    'm',
  ],
  [
    'select (select mail from clean.people limit 1) as a, exists (select mail from clean.people) as b, (select note from clean.orders limit 1) as c',
    'a',
  ],
  ['select o.note, (select max(p.mail) from clean.people p where p.id = o.id) as m from clean.orders o', 'm'],
  ['select x, y from (values (1, $$a$$)) v(x, y)', ''],
  ['select 1 as one, $$x$$ as two', ''],
  ['select u from clean.people, unnest(tags) t(u)', 'u'],
  ['select u from clean.people p left join lateral (select unnest(p.tags) as u) on true', 'u'],
  ['select u from clean.orders o, unnest([o.note]) t(u)', ''],
  ['select (select p.mail) as a, (select p.id) as b from clean.people p', 'a'],
  ['select range as r from range(3)', ''],
  ['select mail as "m m" from clean."people" as "P"', 'm m'],
])('%s: personal are %s', async (select, names) => {
  expect((await personal(select))?.join(' ')).toBe(names)
})

it('is not known where columns cannot be told one by one, or the text is no select', async () => {
  expect(await personal('pivot clean.people on id using count(*)').catch(() => undefined)).toBeUndefined()
  expect(personalColumns({}, { relations: [], types: [] })).toBeUndefined()
})
