import { join } from 'node:path'
import { Database } from '@sillage/duckdb'
import { describe, expect, it } from 'vitest'
import { TestProject } from './testing/project.ts'
import { shopOrders, shopPipeline } from './testing/shop.ts'

interface Explained {
  readonly stages: readonly {
    readonly stage: string
    readonly key: readonly string[]
    readonly rows: number
    readonly refused: readonly object[]
    readonly rules: readonly object[]
  }[]
  readonly not_traceable: readonly { readonly stage: string }[]
}

const shop = () => new TestProject({ 'orders.csv': shopOrders, 'pipeline.yaml': shopPipeline() })

async function explain(project: TestProject, key: string): Promise<Explained> {
  return (await project.run(['explain', 'shop', '--key', key, '--output', 'json'])).json() as Explained
}

describe('explain', () => {
  it('follows a person through renamed columns, with the refused rows and the rule that decided', async () => {
    using project = shop()
    expect((await project.run(['run'])).exit).toBe(0)
    const { stages, not_traceable: untraced } = await explain(project, 'customer_id=17850')
    expect(stages.map(({ stage, key, rows, refused }) => [stage, ...key, rows, refused.length])).toEqual([
      ['raw', 'Customer ID', 3, 0],
      ['lines', 'customer_id', 2, 1],
      ['customers', 'customer_id', 1, 0],
      ['segmented', 'customer_id', 1, 0],
      ['total', 'customer_id', 1, 0],
    ])
    expect(stages[1]!.refused).toMatchObject([
      { file: 'orders.csv', line: 4, codes: ['amount: not_decimal'] },
    ])
    expect(stages[3]!.rules).toEqual([
      { name: 'big', when: 'amount >= 300', holds: 0, decided: 0 },
      { name: 'middle', when: 'amount >= 100', holds: 1, decided: 1 },
      { name: 'small', decided: 0 },
    ])
    expect(untraced.map(({ stage }) => stage)).toEqual(['list', 'sheet'])
    expect((await explain(project, 'Customer ID= 17850 ')).stages.map(({ rows }) => rows)).toEqual([
      3, 2, 1, 1, 1,
    ])
    const told = await project.run(['explain', 'shop', '--key', 'customer_id=17850'])
    expect(told.out).toContain('middle: when amount >= 100, holds, decided 1')
    expect([...project.files('.sillage/shop/runs')].join('\n')).not.toContain('17850')
  })

  it('says which names there are, and asks which column is meant where a name means several', async () => {
    using project = new TestProject({
      'orders.csv': 'id,Customer\n5,7\n',
      'pipeline.yaml': `pipeline: shop
stages:
  raw: { uses: collect/csv, with: { path: orders.csv } }
  lines: { uses: clean/contract, from: raw, with: { columns: { row: { from: id, type: integer }, id: { from: Customer, type: integer } } } }
marts: { lines: { from: lines } }
`,
    })
    await project.run(['run'])
    const failed = async (key: string) => {
      const ended = await project.run(['explain', 'shop', '--key', key, '--output', 'json'])
      const { error } = ended.json() as { readonly error: { readonly code: string; readonly hint: string } }
      return [ended.exit, error.code, error.hint]
    }
    expect(await failed('idd=5')).toEqual([2, 'key_unknown', 'did you mean "id"?'])
    expect(await failed('id=5')).toEqual([
      2,
      'key_ambiguous',
      'say which one: --key raw.id=… or --key lines.id=…',
    ])
    const rows = async (key: string) => (await explain(project, key)).stages.map(({ rows }) => rows)
    expect(await rows('raw.id=5')).toEqual([1, 1])
    expect(await rows('lines.id=5')).toEqual([0, 0])
    expect(await rows('lines.id=7')).toEqual([1, 1])
  })

  it('waits for nobody: it ends with 75 while a run holds the working database', async () => {
    using project = shop()
    await project.run(['run'])
    await using _held = await Database.open({ path: join(project.folder, '.sillage/shop/work.duckdb') })
    // A process of its own: a lock holds none off that has it.
    const ended = await project.spawn(['explain', 'shop', '--key', 'customer_id=17850'])
    expect(ended.exit).toBe(75)
  })
})
