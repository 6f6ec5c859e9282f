import { join } from 'node:path'
import { deliveryFailed } from '@sillage/sdk'
import { sql } from '@sillage/sql'
import { describe, expect, it } from 'vitest'
import { deliverSink } from './deliver-sink.ts'
import { forgetDeliveries, isOfPerson, tellMirrors } from './forget-deliveries.ts'
import { deliveryFolders } from './place.ts'
import { SmallDelivery } from './testing/small-delivery.ts'
import { placeStandings } from './waiting.ts'

const people = (...names: readonly string[]) =>
  `select * from (values ${names.map((name) => `('${name}', 0)`)}) t(name, n)`
const columns = [
  { name: 'name', type: 'VARCHAR' },
  { name: 'n', type: 'INTEGER' },
]
const step = (one: SmallDelivery, ...names: readonly string[]) => {
  const base = one.step(people(...names), { mode: 'mirror' })
  return { ...base, columns, delivery: { ...base.delivery, key: ['name'], maxRemoved: 1 } }
}
const folders = (one: SmallDelivery) => deliveryFolders(join(one.folder, 'state'), 'p')
const ada = { anywhere: ['Ada@mail.example'], inColumns: [{ value: '17', columns: ['id', 'n'] }] }

describe('a key', () => {
  it('is of a person by a value anywhere, or by a short one in a column of that name', async () => {
    await using one = await SmallDelivery.open()
    const of = async (key: string) =>
      (await one.rows(`select ${isOfPerson(sql.literal(key), ada).text} as found`))[0]!.found
    const keys = [
      '{"x":"ada@mail.example"}',
      '{"a \\"b":"ADA@mail.example"}',
      '{"n":17}',
      '{"id":"17"}',
      '{"m":17}',
      '{"n":171}',
      '{"x":"ada"}',
      'ada@mail.example',
      '{}',
    ]
    expect(await Promise.all(keys.map(of))).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
      false,
      false,
      false,
    ])
    const nobody = { anywhere: [], inColumns: [] }
    expect(await one.rows(`select ${isOfPerson(sql`'{"a":"b"}'`, nobody).text} as found`)).toEqual([
      { found: false },
    ])
  })
})

describe('a person', () => {
  it('leaves what was accepted, and the others stay known', async () => {
    await using one = await SmallDelivery.open()
    await deliverSink(step(one, 'ada@mail.example', 'bob', 'eve'), one.port())
    const changed = await forgetDeliveries(one.session, folders(one), ada)
    expect(changed).toEqual([{ file: expect.stringMatching(/\.parquet$/), rows: 1 }])
    expect(await forgetDeliveries(one.session, folders(one), ada)).toEqual([])
    expect(await placeStandings(one.session, folders(one))).toMatchObject([{ accepted: 2 }])
  })

  it('leaves messages that wait, as a whole; their other rows are due again', async () => {
    await using one = await SmallDelivery.open()
    one.answer = () => {
      throw deliveryFailed({ message: 'down', hint: '', retryable: true })
    }
    await deliverSink(step(one, 'ada@mail.example', 'bob', 'eve'), one.port())
    const changed = await forgetDeliveries(one.session, folders(one), ada)
    expect(changed).toEqual([{ file: expect.stringContaining('/outbox/'), rows: 1 }])
    expect(await placeStandings(one.session, folders(one))).toMatchObject([
      { waiting: { messages: 1, rows: 1 } },
    ])
    one.answer = () => ({})
    await deliverSink(step(one, 'bob', 'eve'), one.port())
    expect(one.told.map(({ rows }) => rows.map(({ name }) => name))).toEqual([['eve'], ['bob']])
  })

  it('is told as gone to the receivers of mirrors, and to nobody else', async () => {
    await using one = await SmallDelivery.open()
    await deliverSink(step(one, 'ada@mail.example', 'bob'), one.port())
    one.told.splice(0)
    const telling = (steps: Parameters<typeof tellMirrors>[0], rules = {}) =>
      tellMirrors(steps, one.port(rules), { folders: folders(one), person: ada })
    const destination = 'https://crm.example/in'
    expect(await telling([])).toEqual([
      { stage: 'crm', destination, told: false, why: 'the pipeline has no such stage any more' },
    ])
    expect(await telling([step(one)], { notSent: 'dev does not send' })).toMatchObject([
      { told: false, why: 'dev does not send' },
    ])
    one.answer = () => {
      throw deliveryFailed({ message: 'down', hint: '', retryable: true })
    }
    expect(await telling([step(one)])).toMatchObject([{ told: false, why: expect.stringContaining('down') }])
    expect(await placeStandings(one.session, folders(one))).toMatchObject([{ waiting: { messages: 0 } }])
    one.answer = () => ({})
    expect(await telling([step(one)])).toEqual([{ stage: 'crm', destination, told: true }])
    expect(one.told).toMatchObject([{ rows: [], removed: [{ name: 'ada@mail.example' }] }])
    await forgetDeliveries(one.session, folders(one), ada)
    expect(await telling([step(one)])).toEqual([])
  })

  it('that only other modes delivered is not told', async () => {
    await using one = await SmallDelivery.open()
    const base = step(one, 'ada@mail.example')
    await deliverSink({ ...base, delivery: { ...base.delivery, mode: 'upsert' } }, one.port())
    expect(await tellMirrors([base], one.port(), { folders: folders(one), person: ada })).toEqual([])
  })
})
