import type { Removal } from '@sillage/ledger'
import { sql } from '@sillage/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { resolveKeys } from '../person.ts'
import { ask } from '../testing/ask.ts'
import { PeopleProject, peoplePipeline } from '../testing/people.ts'
import { blankReceived } from './blank-received.ts'
import { heldInRaw, type RemovalFacts, removalByValue, removalFromMart, removalFromStep } from './removal.ts'

const project = new PeopleProject({
  'pipeline.yaml': peoplePipeline('  raw: { from: raw }\n'),
})
afterAll(() => project[Symbol.dispose]())
let facts: RemovalFacts
beforeAll(async () => {
  const pipeline = await project.pipeline()
  const columns = new Map([
    ['raw', ['id', 'mail', 'town']],
    ['named', ['person_id', 'email', 'city']],
    ['grouped', ['person_id', 'email', 'city', 'coast']],
  ])
  facts = {
    openDatabase: undefined as never,
    pipeline,
    columns,
    keys: resolveKeys(pipeline, columns, [{ column: 'person_id', value: '17850' }]),
    identifiers: {
      keys: [
        { value: '17850', column: 'person_id' },
        { value: 'x17', column: 'person_id' },
        { value: 'k-1785', column: 'person_id' },
      ],
      personal: [{ value: 'ada@mail.example', column: 'email' }],
      not_searched: [],
    },
  }
})

/** Numbers of the rows that go. */
async function going({ where }: Removal, relation: string): Promise<readonly unknown[]> {
  const rows = await ask([`select n from ${relation} where ${where?.text ?? 'false'} order by n`])
  return rows.map(({ n }) => n)
}
const own = (names: readonly string[], type = 'VARCHAR') => names.map((name) => ({ name, type }))

describe('rows of a table of the working database', () => {
  it('go by the key under the names that it has there', async () => {
    const removal = removalFromStep('named', own(['person_id', 'city']), facts)
    expect(removal.how).toBe('key')
    expect(
      await going(
        removal,
        `(values (1,'17850','x'),(2,'178501','x'),(3,null,'17850')) t(n, person_id, city)`,
      ),
    ).toEqual([1])
  })

  it('that were refused go by what they held as they came, and by personal values', async () => {
    const removal = removalFromStep('named', own(['person_id', '_raw']), facts)
    expect(removal.how).toBe('key')
    expect(
      await going(
        removal,
        `(values (1,'17850',null),(2,null,'{"id":17850}'),(3,null,'{"id":1,"mail":"ADA@mail.example"}'),(4,null,'{"id":178501}'),(5,'1',null)) t(n, person_id, _raw)`,
      ),
    ).toEqual([1, 2, 3])
  })

  it('that a scan could not read go where they hold the key as a word', async () => {
    const removal = removalFromStep('raw.refused', own(['_raw', 'line']), facts)
    expect(removal.how).toBe('key')
    expect(
      await going(removal, `(values (1,'a;17850'),(2,'a;178501'),(3,'ada@mail.example;')) t(n, _raw)`),
    ).toEqual([1, 3])
    const held = heldInRaw(facts, sql`_raw`).text
    expect(await ask([`select ${held} as held from (select 'b;17850;c' as _raw)`])).toEqual([{ held: true }])
  })

  it('without a column of the key go by value', async () => {
    const removal = removalFromStep('named.refused', own(['note', 'other_id']), facts)
    expect(removal.how).toBe('value')
    expect(
      await going(
        removal,
        `(values (1,'17850',''),(2,'','17850'),(3,'ada@mail.example',''),(4,'k-1785',''),(5,'x17',''),(6,'','x17'),(7,null,null)) t(n, note, other_id)`,
      ),
    ).toEqual([2, 3, 4, 6])
  })
})

it('rows of a mart go by the stage that it shows, else by any name of the key', async () => {
  const shown = removalFromMart('people', own(['person_id', 'id']), facts)
  expect(await going(shown, `(values (1,'17850','1'),(2,'1','1')) t(n, person_id, id)`)).toEqual([1])
  const unknown = removalFromMart('older', own(['id']), facts)
  expect(unknown.how).toBe('key')
  expect(await going(unknown, `(values (1,'17850'),(2,'1')) t(n, id)`)).toEqual([1])
  expect(removalFromMart('older', own(['n'], 'INTEGER'), facts)).toEqual({ where: undefined, how: 'none' })
})

it('of numbers only those in a column that is called an id are believed', async () => {
  const removal = removalByValue(
    [
      { name: 'n', type: 'INTEGER' },
      { name: 'Row_ID', type: 'BIGINT' },
    ],
    facts,
  )
  expect(await going(removal, '(values (17850, 1),(2, 17850)) t(n, Row_ID)')).toEqual([2])
  expect(removalByValue([{ name: 'paid', type: 'BIGINT' }], facts).how).toBe('none')
})

it('records that were received go by names of the key, by an id, or by what is personal', async () => {
  const lines: Readonly<Record<string, boolean>> = {
    '{"person_id":"17850"}': true,
    '{"Customer_Id":17850.0}': true,
    '{"id": 17850, "n": 1}': true,
    '{"n":17850}': false,
    '{"note":"17850"}': false,
    '{"n":{"mail":"Ada@mail.example"}}': true,
    '{"n":{"mail":"ada@mail.example.org"}}': false,
    '{"n":["ada@mail.example"]}': true,
    '{"note":"k-1785"}': true,
    '{"person_id":178501}': false,
    '{"person_id":"178\\u00350"}': true,
    '{"person_id":"\\x17850"}': false,
  }
  const told = await blankReceived(facts, async (isTheirs) => {
    expect(Object.fromEntries(Object.keys(lines).map((line) => [line, isTheirs(line)]))).toEqual(lines)
    return [{ file: 'f', form: 'letters', records: 3 }]
  })
  expect(told).toEqual([{ file: 'f', table: 'letters', how: 'value', rows: 3 }])
})
