import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import type { Cell } from '@sillage/sdk'
import { arrowSchema } from '@sillage/sql/arrow'
import { batchMaker } from '@sillage/workers/batches'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { BatchWriter } from './batch-writer.ts'

let instance: DuckDBInstance
let connection: DuckDBConnection
beforeAll(async () => {
  instance = await DuckDBInstance.create()
  connection = await instance.connect()
  await connection.run("set timezone = 'UTC'")
})
afterAll(() => {
  connection.closeSync()
  instance.closeSync()
})

const digits = (value: number, length: number): string => String(value).padStart(length, '0')
const day = fc
  .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((at) => at.toISOString().slice(0, 10))
const clock = (fraction: number) =>
  fc
    .tuple(fc.nat(23), fc.nat(59), fc.nat(59), fc.nat(10 ** fraction - 1))
    .map(
      ([hour, minute, second, part]) =>
        `${[hour, minute, second].map((one) => digits(one, 2)).join(':')}${fraction > 0 ? `.${digits(part, fraction)}` : ''}`,
    )
const instant = (fraction: number) => fc.tuple(day, clock(fraction)).map((parts) => parts.join('T'))
/** TIMESTAMP_NS counts nanoseconds in 64 bits: it ends in 2262. */
const nearInstant = fc
  .tuple(
    fc.date({ min: new Date('1700-01-01'), max: new Date('2250-01-01'), noInvalidDate: true }),
    fc.nat(999_999),
  )
  .map(([at, nanos]) => `${at.toISOString().slice(0, -1)}${digits(nanos, 6)}`)
const zone = fc.constantFrom('Z', '+02:00', '-09:30', '+00:00')
const whole = (bits: number, signed: boolean) =>
  fc.bigInt({
    min: signed ? -(2n ** BigInt(bits - 1)) : 0n,
    max: 2n ** BigInt(signed ? bits - 1 : bits) - 1n,
  })
const decimal = (precision: number, scale: number) =>
  fc.bigInt({ min: 1n - 10n ** BigInt(precision), max: 10n ** BigInt(precision) - 1n }).map((value) => {
    const text = (value < 0n ? -value : value).toString().padStart(scale + 1, '0')
    const point = scale > 0 ? `${text.slice(0, -scale)}.${text.slice(-scale)}` : text
    return value < 0n ? `-${point}` : point
  })

const cellsOf: Readonly<Record<string, fc.Arbitrary<Cell>>> = {
  BOOLEAN: fc.boolean(),
  TINYINT: whole(8, true),
  SMALLINT: whole(16, true),
  INTEGER: whole(32, true),
  BIGINT: whole(64, true),
  UTINYINT: whole(8, false),
  USMALLINT: whole(16, false),
  UINTEGER: fc.nat(0xffff_ffff),
  UBIGINT: whole(64, false),
  HUGEINT: whole(128, true),
  FLOAT: fc.float({ noNaN: true, noDefaultInfinity: true }),
  DOUBLE: fc.double({ noNaN: true, noDefaultInfinity: true }),
  VARCHAR: fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')),
  JSON: fc.jsonValue().map((value) => JSON.stringify(value)),
  DATE: day,
  TIME: clock(6),
  TIME_NS: clock(9),
  TIMESTAMP: instant(6),
  TIMESTAMP_S: instant(0),
  TIMESTAMP_MS: instant(3),
  TIMESTAMP_NS: nearInstant,
  'TIMESTAMP WITH TIME ZONE': fc.tuple(instant(6), zone).map((parts) => parts.join('')),
  'DECIMAL(4,1)': decimal(4, 1),
  'DECIMAL(9,0)': decimal(9, 0),
  'DECIMAL(18,4)': decimal(18, 4),
  'DECIMAL(38,12)': decimal(38, 12),
  "ENUM('low', 'it''s', 'high')": fc.constantFrom('low', "it's", 'high'),
}

test.each(Object.keys(cellsOf))('a column of %s is what DuckDB reads in its texts', async (type) => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.option(cellsOf[type]!), { minLength: 1, maxLength: 30 }), async (cells) => {
      const texts = cells.map((cell) => (cell === null ? null : String(cell)))
      expect(await stored(type, cells)).toEqual(await read(type, texts))
    }),
    { numRuns: 40 },
  )
})

test('bytes are those that are given', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.option(fc.uint8Array()), { minLength: 1 }), async (cells) => {
      const hex = cells.map((cell) => cell && Buffer.from(cell).toString('hex').toUpperCase())
      expect(await stored('BLOB', cells, 'hex(made)')).toEqual(hex)
    }),
    { numRuns: 40 },
  )
})

test('days, dates and units are the same moments', async () => {
  const at = new Date('2026-01-31T09:30:00.250Z')
  expect(await stored('DATE', [at, 20484, '2026-01-31'])).toEqual(Array(3).fill('2026-01-31'))
  const text = '2026-01-31T09:30:00.25'
  const micros = BigInt(at.getTime()) * 1000n
  expect(await stored('TIMESTAMP', [at, micros, Number(micros), text])).toEqual(
    Array(4).fill('2026-01-31 09:30:00.25'),
  )
  expect(await stored('TIMESTAMP WITH TIME ZONE', [at, '2026-01-31T11:30:00.25+02:00'])).toEqual(
    Array(2).fill('2026-01-31 09:30:00.25+00'),
  )
  expect(await stored('DECIMAL(12,2)', [0.1, 1e3, 5n, '7.500'])).toEqual(['0.10', '1000.00', '5.00', '7.50'])
})

const refused: readonly (readonly [type: string, cell: Cell])[] = [
  ['TINYINT', 128],
  ['INTEGER', 2 ** 31],
  ['UBIGINT', -1],
  ['BIGINT', 2n ** 63n],
  ['BIGINT', 1.5],
  ['BIGINT', '1'],
  ['HUGEINT', 2n ** 127n],
  ['DECIMAL(4,1)', '1000.0'],
  ['DECIMAL(4,1)', '0.25'],
  ['DECIMAL(4,1)', Number.NaN],
  ['DECIMAL(38,0)', '1e+999999999'],
  ['DATE', '2026-02-30'],
  ['DATE', '31.01.2026'],
  ['DATE', new Date(Number.NaN)],
  ['TIME', '24:00:00'],
  ['TIME', '09:30:00.0000001'],
  ['TIMESTAMP', '2026-01-31'],
  ['TIMESTAMP', '2026-01-31T09:30:00Z'],
  ['TIMESTAMP WITH TIME ZONE', '2026-01-31T09:30:00'],
  ['TIMESTAMP_S', '2026-01-31T09:30:00.5'],
  ['BOOLEAN', 1],
  ['VARCHAR', 1],
  ['BLOB', 'text'],
  ["ENUM('low')", 'high'],
  ['"NULL"', 1],
]

test.each(refused)('%s does not take %s, and says where', (type, cell) => {
  expect(() => batchMaker(new Set()).column(type, [null, cell])).toThrow(
    new RangeError(`row 1 of the batch is no value that ${type} holds exactly`),
  )
})

test('a type that no batch can carry is refused', () => {
  expect(() => batchMaker(new Set()).column('INTEGER[]', [])).toThrow(/cannot travel as an Arrow column/)
})

/** The texts that DuckDB prints of a column that the maker made. */
async function stored(type: string, cells: readonly Cell[], shown = 'made::varchar') {
  const make = batchMaker(new Set())
  const made = make.column(type, cells)
  expect(String(made.type)).toBe(String(arrowSchema([{ name: 'made', type }]).fields[0]!.type))
  await connection.run(`create or replace table typed (made ${type})`)
  await using writer = await BatchWriter.open({ connection, schema: 'main', table: 'typed' })
  writer.append(make.batch({ made }))
  writer.close()
  return await first(`select ${shown} as shown from typed`)
}

/** What DuckDB itself reads in texts, printed. */
async function read(type: string, texts: readonly (string | null)[]) {
  const rows = texts.map((text) => (text === null ? 'null' : `'${text.replaceAll("'", "''")}'`))
  return await first(
    `select text::${type}::varchar as shown from (select unnest([${rows.join(', ')}]::varchar[]) as text)`,
  )
}

async function first(select: string): Promise<readonly unknown[]> {
  return (await connection.runAndReadAll(select)).getRows().map(([shown]) => shown)
}
