import { sql } from '@sillage/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { holdsAsWord, isPersons, isPersonsRaw, resolveKeys, saysWhose, stageColumns } from './person.ts'
import { ask } from './testing/ask.ts'
import { PeopleProject } from './testing/people.ts'

/** Names are followed from `raw` on; `alone` reads another file and has the same name. */
const text = `pipeline: small
stages:
  raw: { uses: collect/people, with: { path: "in/*.csv" } }
  named: { uses: clean/named, from: raw, with: { columns: { person: { from: id }, city: { from: town } } } }
  alone: { uses: collect/people, with: { path: "in/*.csv" } }
  other: { uses: clean/named, from: alone, with: { columns: { person: { from: mail } } } }
`
const project = new PeopleProject({ 'pipeline.yaml': text })
let pipeline: Awaited<ReturnType<PeopleProject['pipeline']>>
beforeAll(async () => {
  pipeline = await project.pipeline()
})
afterAll(() => project[Symbol.dispose]())

const columns = new Map([
  ['raw', ['id', 'mail', 'town']],
  ['named', ['person', 'city']],
  ['alone', ['id', 'mail', 'town']],
  ['other', ['person']],
])
const keys = (column: string, value = '17850', stage?: string) =>
  resolveKeys(pipeline, columns, [{ column, value, ...(stage === undefined ? {} : { stage }) }])

describe('a key', () => {
  it('is followed under the names that it has at each stage', () => {
    const [key] = keys('person', ' 17850.0 ', 'named')
    expect([key!.column, key!.value, key!.stages]).toEqual(['person', '17850', ['named']])
    expect([...key!.names].map(([stage, own]) => [stage, [...own]])).toEqual([
      ['raw', ['id']],
      ['named', ['person', 'id']],
      ['alone', []],
      ['other', []],
    ])
  })

  it('is one where stages are connected by it', () => {
    expect(keys('city')[0]!.stages).toEqual(['named'])
    expect(() => keys('town')).toThrow(expect.objectContaining({ code: 'key_ambiguous' }))
  })

  it('is refused where no stage has it, another has it, or it means two things', () => {
    expect(() => keys('persn')).toThrow(
      expect.objectContaining({ code: 'key_unknown', hint: expect.stringContaining('"person"'), exit: 2 }),
    )
    expect(() => keys('person', '1', 'raw')).toThrow(
      expect.objectContaining({
        code: 'key_unknown',
        message: '"raw" has no column "person"',
        hint: 'stages that have it: named, other',
      }),
    )
    expect(() => keys('person')).toThrow(
      expect.objectContaining({
        code: 'key_ambiguous',
        message: '"person" is not one column: named and other are not connected by it',
        hint: 'say which one: --key named.person=… or --key other.person=…',
      }),
    )
  })
})

describe('a row', () => {
  const rows = `(values (17850::double, 'Nice'), (1785, 'Nice'), (null, 'Nice'), (17850, 'Lyon')) named(person, city)`
  const answers = async (where: string | undefined) =>
    (await ask([`select ${where} as found from ${rows}`])).map(({ found }) => found)

  it("is the person's by the canonical value of every part of the key", async () => {
    const one = keys('person', '17850', 'named')
    expect(await answers(isPersons(one, 'named', ['person', 'city'])!.text)).toEqual([
      true,
      false,
      false,
      true,
    ])
    const both = [...one, ...keys('city', 'Nice')]
    expect(await answers(isPersons(both, 'named', ['person', 'city'])!.text)).toEqual([
      true,
      false,
      false,
      false,
    ])
    expect(isPersons(both, 'named', ['person'])).toBeUndefined()
    expect(isPersons(one, 'other', ['person'])).toBeUndefined()
  })

  it('says whose it is where each part of the key has a value', async () => {
    const one = keys('person', '17850', 'named')
    expect(await answers(saysWhose(one, 'named', ['person', 'city']).text)).toEqual([true, true, false, true])
    expect(await answers(saysWhose(one, 'named', ['city']).text)).toEqual([false, false, false, false])
  })

  it('that was refused is looked at as it came: by the columns of the inputs, or as words', async () => {
    const one = keys('person', '17850', 'named')
    const found = isPersonsRaw(one, ['raw'], columns)!
    const asked = ['{"id":17850}', '{"id":"178501","mail":"17850"}', 'a,17850,b', 'a,178501,b']
    const answered = await ask([
      `select ${found.text} as found from (values ${asked.map((raw, index) => `(${index}, '${raw}')`)}) t(i, raw) order by i`,
    ])
    expect(answered.map(({ found }) => found)).toEqual([true, false, true, false])
    expect(isPersonsRaw(one, ['other'], columns)).toBeUndefined()
    expect(isPersonsRaw(one, [], columns)).toBeUndefined()
    const further = isPersonsRaw(one, ['raw.more'], new Map([['raw.more', ['id']]]), sql`'{"id":17850}'`)
    expect(await ask([`select ${further!.text} as found`])).toEqual([{ found: true }])
  })

  it('holds a key of several parts where it holds each as a word', async () => {
    const parts = [{ value: 'ada' }, { value: '17850' }]
    const holds = async (line: string) =>
      (await ask([`select ${holdsAsWord(parts, sql.literal(line)).text} as found`]))[0]!.found
    expect([await holds('17850;Ada'), await holds('17850;Adam')]).toEqual([true, false])
  })
})

it('columns are those of relations that stages have, without reserved ones', () => {
  const relation = (schema: string, name: string, ...columns: string[]) => ({ schema, name, columns })
  const found = stageColumns(
    [
      relation('clean', 'named', 'person', '_file', 'city'),
      relation('clean', 'named.more', 'n'),
      relation('clean', 'unknown', 'n'),
      relation('reject', 'raw', 'n'),
    ],
    pipeline,
  )
  expect([...found].sort()).toEqual([
    ['named', ['person', 'city']],
    ['named.more', ['n']],
  ])
})
