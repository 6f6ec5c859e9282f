import { sql } from '@sillage/sdk'
import { expect, it } from 'vitest'
import { countBreaking } from './count-breaking.ts'
import { ask } from './testing/small-plan.ts'

const rows = `(values (1, 'a', 5), (2, 'a', null), (2, 'b', 10), (null, 'c', 20), (null, 'c', 30))`
const breaking = async (check: object) => {
  const statement = countBreaking(check as never, {
    relation: sql.trusted(`(select * from ${rows} t(id, kind, n))`),
    relationOfStage: (stage) =>
      sql.trusted(stage === 'others' ? `(select * from (values (1), (null)) t(key))` : 'nothing'),
  })
  return (await ask(statement.text))[0]!.found
}

it.each<[number, object]>([
  [2, { kind: 'not_null', columns: ['id'] }],
  [3, { kind: 'not_null', columns: ['id', 'n'] }],
  [2, { kind: 'unique', columns: ['id'] }],
  [1, { kind: 'unique', columns: ['id', 'kind'] }],
  [2, { kind: 'accepted_values', column: 'kind', values: ['a', 'b'] }],
  [2, { kind: 'accepted_values', column: 'id', values: [1, 7] }],
  [1, { kind: 'range', column: 'n', min: 10 }],
  [2, { kind: 'range', column: 'n', max: 10 }],
  [2, { kind: 'range', column: 'n', above: 10 }],
  [3, { kind: 'range', column: 'n', below: 10 }],
  [3, { kind: 'range', column: 'n', min: 10, below: 20 }],
  [2, { kind: 'relationships', column: 'id', to: 'others', field: 'key' }],
  [5, { kind: 'row_count' }],
  [2, { kind: 'row_count', where: `kind = 'a'` }],
  [1, { kind: 'not_null', columns: ['n'], where: 'id = 2' }],
  [1, { kind: 'unique', columns: ['id'], where: 'id is not null' }],
  [2, { kind: 'sql', expression: 'id = 1' }],
  [1, { kind: 'sql', expression: 'n < 30' }],
])('breaks %i times: %j', async (found, check) => {
  expect(await breaking(check)).toBe(found)
})
