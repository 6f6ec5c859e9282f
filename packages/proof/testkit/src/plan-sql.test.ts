import { duckdbEngine } from '@sillage/duckdb/engine'
import type { Plan } from '@sillage/plan'
import { describe, expect, it } from 'vitest'
import { componentsPlugin } from './components-plugin.ts'
import { EngineProject, knownPlugins } from './describe-engine/engine-project.ts'
import { expectSql, planned } from './expect-sql.ts'
import { planProject } from './project.ts'

const registry = new Map([...knownPlugins(), [componentsPlugin.name, componentsPlugin]])

async function planOf(stages: object): Promise<Plan> {
  using project = new EngineProject(duckdbEngine, {
    'orders.csv': 'id,customer,email,amount\n1,ada,ada@mail.example,12.50\n',
    'pipeline.yaml': JSON.stringify({
      pipeline: 'shop',
      as_of: '2026-01-01',
      stages: { raw: { uses: 'collect/csv', with: { path: 'orders.csv', all_text: true } }, ...stages },
    }),
  })
  const { plan, diagnostics } = await planProject({ folder: project.folder, registry })
  if (!plan) throw new Error(diagnostics.join('\n'))
  return plan
}

const typed = {
  uses: 'clean/contract',
  from: 'raw',
  with: {
    others: 'drop',
    columns: { id: { type: 'integer', required: true }, amount: { type: 'decimal(10,2)' } },
  },
}

describe('the statement of a plan', () => {
  it('of a step in SQL reads its input by the name of its stage', async () => {
    const plan = await planOf({
      lines: typed,
      double: { uses: 'enrich/derive', from: 'lines', with: { columns: { twice: 'amount * 2' } } },
    })
    await expectSql(planned(plan, 'double')).toBeSql(
      'select "id", "amount", (amount * 2) as "twice" from "clean"."lines"',
    )
  })

  it('of a step with several inputs of one role reads them as one, by name', async () => {
    const plan = await planOf({
      more: { uses: 'collect/csv', with: { path: 'orders.csv', all_text: true } },
      all: {
        uses: 'enrich/statement',
        from: ['raw', 'more'],
        with: { select: 'select id, email from {input}', rows: 'same', by: 'by_row' },
      },
    })
    await expectSql(planned(plan, 'all')).toBeSql(`
      select id, email
      from (select * from "collect"."raw" union all by name select * from "collect"."more")
    `)
  })

  it('of a further output reads what its step accepted', async () => {
    const plan = await planOf({
      people: {
        uses: 'clean/dedupe',
        from: 'raw',
        with: { keys: [['email']], order: [{ by: 'id' }], id: 'id' },
      },
    })
    await expectSql(planned(plan, 'people.merged')).toBeSql(
      'select unnest("merged") as merged_id, "id" as kept_id from "clean"."people"',
    )
  })

  it('of a step in workers is the relation that it reads, with the columns that it is told', async () => {
    const plan = await planOf({ people: { uses: 'clean/contacts', from: 'raw', with: { email: 'email' } } })
    await expectSql(planned(plan, 'people')).toBeSql('from "collect"."raw"')
  })

  it('of a program is a relation for each role', async () => {
    const plan = await planOf({
      groups: { uses: 'enrich/components', from: 'raw', with: { from: 'customer', to: 'email' } },
    })
    await expectSql(planned(plan, 'groups', 'input')).toBeSql('from "collect"."raw"')
  })

  it('of a sink is what is sent, and a file of it reads that', async () => {
    const plan = await planOf({
      lines: typed,
      list: {
        uses: 'activate/file',
        from: 'lines',
        with: { path: 'out/list.csv', where: 'amount > 10', columns: ['id'] },
      },
    })
    await expectSql(planned(plan, 'list')).toBeSql(
      'select "id" from "clean"."lines" where (amount > 10) order by "id"',
    )
    await expectSql(planned(plan, 'list', 'file')).toBeSql(`
      with "sillage_payload" as not materialized (
        select "id" from "clean"."lines" where (amount > 10) order by "id"
      )
      select "id" as "id" from "sillage_payload"
    `)
  })
})

describe('what does not hold is told:', () => {
  it('another text, a statement that does not bind, other columns', async () => {
    const plan = await planOf({ raw2: { uses: 'enrich/derive', from: 'raw', with: { columns: { a: '1' } } } })
    const right = planned(plan, 'raw2')
    await expect(expectSql(right).toBeSql('select 1')).rejects.toThrow(/select 1/)
    const unbound = { ...planned(plan, 'raw2'), bind: async () => Promise.reject(new Error('no such')) }
    await expect(expectSql(unbound).toBeSql(right.text)).rejects.toThrow('no such')
    const other = { ...right, columns: [{ name: 'a', type: 'VARCHAR' }] }
    await expect(expectSql(other).toBeSql(right.text)).rejects.toThrow(/VARCHAR/)
  })
})
