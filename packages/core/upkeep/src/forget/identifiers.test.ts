import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { resolveKeys } from '../person.ts'
import { withSession } from '../testing/ask.ts'
import { PeopleProject } from '../testing/people.ts'
import { findIdentifiers, personalNames } from './identifiers.ts'

const project = new PeopleProject({
  'pipeline.yaml': `pipeline: small
stages:
  raw: { uses: collect/people, with: { path: "in/*.csv" } }
  named: { uses: clean/named, from: raw, with: { columns: { id: { from: id }, email: { from: mail, personal: true }, city: { from: town } } } }
marts: { people: { from: named, columns: { city: { personal: true }, id: { personal: false } } } }
`,
})
let pipeline: Awaited<ReturnType<PeopleProject['pipeline']>>
beforeAll(async () => {
  pipeline = await project.pipeline()
})
afterAll(() => project[Symbol.dispose]())

const columns = new Map([['named', ['id', 'email', 'city']]])
const found = (rows: string, value: string) =>
  withSession(async (session) => {
    await session.run('create schema clean')
    await session.run(`create table clean.named as select * from (values ${rows}) t(id, email, city)`)
    const keys = resolveKeys(pipeline, columns, [{ column: 'id', value }])
    return await findIdentifiers({ session, pipeline, keys, columns })
  })

it('personal columns are those that a configuration or a mart marks, under all their names', () => {
  expect([...personalNames(pipeline)].map(([stage, names]) => [stage, [...names].sort()])).toEqual([
    ['raw', ['mail', 'town']],
    ['named', ['city', 'email', 'mail', 'town']],
  ])
})

describe('a person', () => {
  it('is known by the key in each spelling, and by personal values that are nobody else’s', async () => {
    expect(
      await found(
        `('17850',' ada@mail.example ','Nice'),('17850.0','shared@mail.example','Nice'),('1','shared@mail.example','Metz'),('17850',null,''),(null,'ada@mail.example','Oslo')`,
        '17850',
      ),
    ).toEqual({
      keys: [
        { value: '17850', column: 'id' },
        { value: '17850.0', column: 'id' },
      ],
      personal: [
        { value: 'ada@mail.example', column: 'email' },
        { value: 'Nice', column: 'city' },
      ],
      not_searched: [{ column: 'email', values: 1, why: 'others have the same value' }],
    })
  })

  it('is told of what is too short to be looked for', async () => {
    expect(await found(`('12','ada','Nice'),('12','abcd','x')`, '12')).toEqual({
      keys: [{ value: '12', column: 'id' }],
      personal: [
        { value: 'abcd', column: 'email' },
        { value: 'Nice', column: 'city' },
      ],
      not_searched: [
        {
          column: 'id',
          values: 1,
          why: 'too short to be told from chance in bytes; tables were searched by value',
        },
        { column: 'email', values: 1, why: 'too short to be told from chance' },
        { column: 'city', values: 1, why: 'too short to be told from chance' },
      ],
    })
    const { keys, not_searched } = await found(`('1234','x','z'),('1234','y','z')`, '1234')
    expect(keys).toEqual([{ value: '1234', column: 'id' }])
    expect(not_searched).toEqual([
      { column: 'email', values: 2, why: 'too short to be told from chance' },
      { column: 'city', values: 1, why: 'too short to be told from chance' },
    ])
  })

  it('whose key is written in a column of others is no less a key', async () => {
    const { keys, personal } = await found(`('abcd','abcd','t1'),('efgh','abcd','t2')`, 'abcd')
    expect([keys, personal]).toEqual([[{ value: 'abcd', column: 'id' }], []])
  })

  it('is looked for by the key alone where the file behind a view is gone, and no other failure is hidden', async () => {
    const asked = (view: string) =>
      withSession(async (session) => {
        await session.run('create schema clean')
        await session.run(view)
        const keys = resolveKeys(pipeline, columns, [{ column: 'id', value: '17850' }])
        return await findIdentifiers({ session, pipeline, keys, columns })
      })
    await expect(asked(`create table clean.named as select 'a' as id, 'b' as email`)).rejects.toMatchObject({
      code: 'statement_failed',
    })
  })
})
