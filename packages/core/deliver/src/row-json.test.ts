import { Database } from '@sillage/duckdb'
import { sql } from '@sillage/sql'
import { expect, it } from 'vitest'
import { rowJson } from './row-json.ts'

const types: Readonly<Record<string, string>> = {
  yes: 'true',
  small: '7::tinyint',
  big: '9007199254740991::bigint',
  bigger: '-9007199254740992::bigint',
  huge: "'170141183460469231731687303715884105727'::hugeint",
  money: '12.50::decimal(18,2)',
  half: '0.1::double',
  float: '0.1::float',
  large: '1e22::double',
  nan: "'nan'::double",
  infinite: "'-inf'::double",
  text: `'a "quoted" \\ text, é ' || chr(10)`,
  day: "date '2026-01-02'",
  at: "timestamp '2026-01-02 03:04:05.678'",
  zoned: "timestamptz '2026-01-02 03:04:05+00'",
  time: "time '03:04:05'",
  id: "'0b6a8e0e-6d1c-4b8e-9e0a-0c2d1f3a5b7c'::uuid",
  kind: "'b'::enum('a', 'b')",
  list: '[1.50, null]::decimal(4,2)[]',
  nested: `[{'a': 9007199254740993::bigint, 'b "c"': [date '2026-01-02']}]`,
  fixed: '[1, 2, 3]::integer[3]',
  map: "map {'x': 1.5::decimal(3,1)}",
  none: 'null::integer',
  nothing: `null::struct(a bigint)`,
}

it('writes each type as rows are written elsewhere, with every digit', async () => {
  await using database = await Database.open({ path: ':memory:' })
  using session = await database.session()
  const list = Object.entries(types).map(([name, value]) => `${value} as "${name}"`)
  await session.run(`create table one as select ${list.join(', ')}`)
  const { columns, rows } = await session.table('select * from one')
  const { line } = await session.row<{ line: string }>(sql`select ${rowJson(columns)} as line from one`.text)
  // The client gives arrays of a fixed size as text; a list is what they are.
  expect(JSON.parse(line)).toEqual({ ...JSON.parse(JSON.stringify(rows[0])), fixed: [1, 2, 3] })
})
