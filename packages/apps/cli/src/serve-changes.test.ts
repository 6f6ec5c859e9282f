import { afterAll, beforeAll, expect, it } from 'vitest'
import { assertProblem } from './testing/contract.ts'
import { TestProject } from './testing/project.ts'
import { Served } from './testing/served.ts'
import { shopOrders, shopPipeline } from './testing/shop.ts'

const operate = 'a-token-that-may-operate'
const read = 'a-token-that-only-reads'
const project = new TestProject({
  'orders.csv': shopOrders,
  'pipeline.yaml': shopPipeline().replace(
    'description: One row a customer. }',
    'description: One row a customer. }\n  private: { from: segmented, key: [customer_id], columns: { segment: { personal: true } } }',
  ),
  operate,
  read,
})
let server: Served
beforeAll(async () => {
  expect((await project.run(['run'])).exit).toBe(0)
  server = await Served.start(project, { args: ['--token-file', 'operate', '--read-token-file', 'read'] })
})
afterAll(async () => {
  await server.stop()
  project[Symbol.dispose]()
})
const base = '/api/v1/pipelines/shop'
const as = async (token: string, path: string) => {
  server.token = token
  return await server.ask(`${base}${path}`)
}

interface Changed {
  readonly before: string
  readonly after: string
  readonly tables: {
    readonly kept: readonly {
      readonly table: string
      readonly migrations: readonly { readonly cells: readonly object[] }[]
    }[]
  }
}
const migrationsOf = ({ tables }: Changed, table: string) =>
  tables.kept.find((one) => one.table === table)!.migrations

it('sizes of segments are those of the published tables; a personal one is told to who operates', async () => {
  const sizes = [
    { value: 'small', rows: 2 },
    { value: 'big', rows: 1 },
    { value: 'middle', rows: 1 },
  ]
  const all = (await as(operate, '/segments')).json() as { segments: readonly object[] }
  expect(all.segments).toMatchObject([
    { table: 'customers', column: 'segment', sizes },
    { table: 'private', column: 'segment', sizes },
  ])
  const some = (await as(read, '/segments')).json() as { segments: readonly object[] }
  expect(some.segments).toMatchObject([{ table: 'customers' }])
})

it('with one version there is nothing to compare; with two, changes are what sillage diff says, the newer pair after a further run', async () => {
  const { status, text, headers } = await as(operate, '/changes')
  expect(status).toBe(404)
  expect(assertProblem({ status, text, type: headers.get('content-type')! })).toBe('version_before_missing')
  project.write(
    'orders.csv',
    shopOrders.replace('13047,bob@mail.example,20.00', '13047,bob@mail.example,400.00'),
  )
  expect((await project.run(['run'])).exit).toBe(0)
  const said = (await project.run(['diff', 'shop', '--output', 'json'])).json() as { diff: Changed }
  const first = (await as(operate, '/changes')).json() as Changed
  expect(first).toEqual(said.diff)
  expect(migrationsOf(first, 'customers')[0]!.cells).toContainEqual({
    kind: 'moved',
    from: 'small',
    to: 'big',
    rows: 1,
  })
  expect((await as(operate, '/changes')).json()).toEqual(first)
  const asReader = (await as(read, '/changes')).json() as Changed
  expect(migrationsOf(asReader, 'private')).toEqual([])
  expect(migrationsOf(asReader, 'customers')).toHaveLength(1)
  expect(migrationsOf(first, 'private')).toHaveLength(1)
  project.write('orders.csv', shopOrders)
  expect((await project.run(['run'])).exit).toBe(0)
  const second = (await as(operate, '/changes')).json() as Changed
  expect(second.before).toBe(first.after)
})
