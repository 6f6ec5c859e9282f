import { describe, expect, it } from 'vitest'
import { ownSql } from './testing/own-plugin.ts'
import { TestProject } from './testing/project.ts'

async function personal(project: TestProject): Promise<readonly string[]> {
  const ended = await project.run(['run', '--output', 'json'])
  expect(ended.exit, ended.out + ended.err).toBe(0)
  const asked = await project.run([
    'query',
    'p',
    "select string_agg(table_name || '.' || column_name, ' ' order by table_name, column_name) as found from sillage.columns where personal",
    '--output',
    'json',
  ])
  const [row] = (asked.json() as { readonly rows: readonly { readonly found: string | null }[] }).rows
  return row?.found?.split(' ') ?? []
}

const people = `pipeline: p
as_of: 2026-01-01
stages:
  a: { uses: collect/csv, with: { path: f.csv, all_text: true } }
  b:
    uses: clean/contract
    from: a
    with:
      columns:
        id: { type: text, required: true }
        email: { type: text, personal: true }
        born: { type: date, personal: true }
        pay: { type: "decimal(10,2)", personal: true }
        town: { type: text }
        amount: { type: integer }
`
const file =
  'id,email,born,pay,town,amount\n1,zoe@x.org,1990-02-03,10.00,Dax,5\n2,bob@x.org,1991-02-03,20.00,Dax,7\n'

describe('the personal mark', () => {
  it('follows copies and texts made of personal values, and no figure or flag', async () => {
    using project = new TestProject({
      'f.csv': file,
      'pipeline.yaml': `${people}  c:
    uses: enrich/derive
    from: b
    with:
      columns:
        same: "email"
        mail2: "lower(email)"
        dom: "email || ''"
        part: "split_part(email, '@', 2)"
        second: "mail2 || town"
        cased: "case when amount > 5 then email else '' end"
        parts: "string_split(email, '@')"
        birthday: "born"
        year_pay: "pay * 12"
        first_of: "coalesce(null, email)"
        hashed: "md5(email)"
        has_mail: "email is not null"
        letters: "length(email)"
        kind: "case when email like '%@x.org' then 'x' else 'other' end"
        place: "upper(town)"
        twice: "amount * 2"
marts: { m: { from: c, key: [id], columns: { hashed: { personal: false } } } }
`,
    })
    expect(await personal(project)).toEqual(
      [
        'birthday',
        'born',
        'cased',
        'dom',
        'email',
        'first_of',
        'mail2',
        'part',
        'parts',
        'pay',
        'same',
        'second',
        'year_pay',
      ].map((name) => `m.${name}`),
    )
  })

  it('follows min, max, first, lists and joins through the SQL of a plugin, in groups, windows and subqueries', async () => {
    using project = new TestProject({
      'f.csv': file,
      'sillage.yaml': 'plugins: ["./own/*.ts"]\n',
      'own/grouped.ts': ownSql({
        name: 'enrich/grouped',
        rows: 'group',
        body: "return sql`with base as (select *, email as hidden from ${input}) select town as town, min(hidden) as least, max(b.email) as most, first(email order by id) as one, string_agg(email, ',' order by id) as all_of, list(email order by id) as listed, max(born) as youngest, arg_max(id, email) as by_mail, count(distinct email) as people, sum(pay) as paid, avg(pay) as mean_pay, sum(amount) as total, (select max(email) from base) as sub, count(*) as _rows from base b group by town`",
      }),
      'own/windowed.ts': ownSql({
        name: 'enrich/windowed',
        body: "return sql`select * exclude (email) replace (town || email as town), lag(email) over (order by id) as before, row_number() over (order by email) as place, u.m from ${input}, (select 1 as k) s, (select 'x' as m) u`",
      }),
      'pipeline.yaml': `${people}  g: { uses: enrich/grouped, from: b }
  w: { uses: enrich/windowed, from: b }
  j: { uses: enrich/join, from: { left: a2, right: b }, with: { on: [id], columns: { mail: email, where: town } } }
  j2: { uses: enrich/join, from: { left: a2, right: b }, with: { on: [id], columns: [email, amount] } }
  a2: { uses: collect/csv, with: { path: g.csv, all_text: true } }
marts: { g: { from: g }, w: { from: w }, j: { from: j }, j2: { from: j2 } }
`,
      'g.csv': 'id,what\n1,a\n',
    })
    expect(await personal(project)).toEqual([
      ...['all_of', 'least', 'listed', 'most', 'one', 'sub', 'youngest'].map((name) => `g.${name}`),
      'j.mail',
      'j2.email',
      ...['before', 'born', 'pay', 'town'].map((name) => `w.${name}`),
    ])
  })
})
