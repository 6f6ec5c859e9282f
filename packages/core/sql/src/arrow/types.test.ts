import { Dictionary, Field, Int32, List, Utf8 } from 'apache-arrow'
import { expect, test } from 'vitest'
import { arrowSchema, duckdbType } from './types.ts'

const types = [
  'BOOLEAN',
  'TINYINT',
  'SMALLINT',
  'INTEGER',
  'BIGINT',
  'UTINYINT',
  'USMALLINT',
  'UINTEGER',
  'UBIGINT',
  'HUGEINT',
  'FLOAT',
  'DOUBLE',
  'DECIMAL(4,1)',
  'DECIMAL(38,10)',
  'VARCHAR',
  'JSON',
  'BLOB',
  'DATE',
  'TIME',
  'TIME_NS',
  'TIMESTAMP',
  'TIMESTAMP_S',
  'TIMESTAMP_MS',
  'TIMESTAMP_NS',
  'TIMESTAMP WITH TIME ZONE',
  "ENUM('a', 'it''s', 'b, c')",
  '"NULL"',
]

test('a type comes back from Arrow as DuckDB prints it', () => {
  const schema = arrowSchema(types.map((type, index) => ({ name: `c${index}`, type })))
  expect(schema.fields.map(duckdbType)).toEqual(types)
})

test('DECIMAL(38,0) and HUGEINT are the same Arrow type, told apart by the field', () => {
  const [huge, decimal] = arrowSchema([
    { name: 'a', type: 'HUGEINT' },
    { name: 'b', type: 'DECIMAL(38,0)' },
  ]).fields
  expect(String(huge!.type)).toBe(String(decimal!.type))
  expect([duckdbType(huge!), duckdbType(decimal!)]).toEqual(['HUGEINT', 'DECIMAL(38,0)'])
})

test.each([
  'INTEGER[]',
  'STRUCT(a INTEGER)',
  'MAP(VARCHAR, INTEGER)',
  'UUID',
  'INTERVAL',
  'UHUGEINT',
  'BIT',
  'no type',
])('%s is refused with the name of the column', (type) => {
  expect(() => arrowSchema([{ name: 'tags', type }])).toThrow(/column "tags" has the type/)
})

test('a dictionary without an ENUM is text; a list has no DuckDB name here', () => {
  expect(duckdbType(new Field('d', new Dictionary(new Utf8(), new Int32())))).toBe('VARCHAR')
  expect(() => duckdbType(new Field('l', new List(new Field('x', new Utf8()))))).toThrow(/column "l"/)
})
