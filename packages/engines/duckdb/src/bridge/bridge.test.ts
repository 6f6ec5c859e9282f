import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api'
import { fromMessage, isSet, toMessage } from '@sillage/sql/arrow'
import { type Data, DataType, type RecordBatch } from 'apache-arrow'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { BatchWriter } from './batch-writer.ts'
import { readBatches } from './read-batches.ts'

let instance: DuckDBInstance
let owner: DuckDBConnection
let folder: string
beforeAll(async () => {
  instance = await DuckDBInstance.create()
  owner = await instance.connect()
  folder = mkdtempSync(join(tmpdir(), 'sillage-bridge-'))
  await owner.run(`attach '${folder}/disk.duckdb' as disk`)
})
afterAll(() => {
  owner.closeSync()
  instance.closeSync()
  rmSync(folder, { recursive: true })
})

const texts = `(case h % 11 when 0 then '' when 1 then 'a' when 2 then 'twelve bytes' when 3 then 'thirteen byte' when 4 then repeat('é', (h % 40)::int)
  when 5 then '🜁' || (h % 7) when 6 then repeat('long ', (h % 900)::int) when 7 then 'constant text past twelve' when 8 then substring(repeat('shared heap ', 9), 1 + (h % 50)::int)
  when 9 then md5(h::varchar) else (h % 100000)::varchar end)`

/** SQL of a value by type; \`h\` is a hash of the row. */
const values: Readonly<Record<string, string>> = {
  BOOLEAN: 'h % 3 = 0',
  TINYINT: '((h % 256)::int - 128)',
  SMALLINT: '((h % 65536)::int - 32768)',
  INTEGER: '((h % 4294967296)::bigint - 2147483648)',
  BIGINT: '((h % 9223372036854775807)::bigint * (case when h % 2 = 0 then 1 else -1 end))',
  UTINYINT: 'h % 256',
  USMALLINT: 'h % 65536',
  UINTEGER: 'h % 4294967296',
  UBIGINT: 'h',
  HUGEINT:
    'case h % 5 when 0 then 170141183460469231731687303715884105727::hugeint when 1 then -170141183460469231731687303715884105727::hugeint - 1 else h::hugeint * -4000000000::hugeint end',
  FLOAT: "case h % 9 when 0 then 'nan'::float when 1 then '-inf'::float else (h % 100000)::float / 7 end",
  DOUBLE:
    "case h % 9 when 0 then 'nan'::double when 1 then 'inf'::double when 2 then -0.0 else h::double / 7 end",
  'DECIMAL(4,1)': '((h % 19999)::int - 9999) / 10',
  'DECIMAL(9,2)': '((h % 1999999999)::bigint - 999999999) / 100',
  'DECIMAL(18,3)': '((h % 199999999999999999)::hugeint - 99999999999999999)::decimal(38,0) / 1000',
  'DECIMAL(38,10)': '(h::decimal(28,0) * -3)::decimal(38,10)',
  VARCHAR: texts,
  BLOB: `case when h % 3 = 0 then unhex('ff00fe') else encode(${texts}) end`,
  DATE: "case h % 50 when 0 then 'infinity'::date else date '1970-01-01' + ((h % 60000)::int - 30000) end",
  TIME: "time '00:00:00' + to_microseconds((h % 86400000000)::bigint)",
  TIME_NS: "'12:34:56.123456789'::time_ns",
  TIMESTAMP:
    "case h % 50 when 0 then '-infinity'::timestamp else make_timestamp((h % 4000000000000000)::bigint - 2000000000000000) end",
  TIMESTAMP_S: 'make_timestamp((h % 4000000000)::bigint * 1000000)::timestamp_s',
  TIMESTAMP_MS: 'make_timestamp((h % 4000000000000)::bigint * 1000)::timestamp_ms',
  TIMESTAMP_NS: 'make_timestamp_ns((h % 4000000000000000000)::bigint)',
  'TIMESTAMP WITH TIME ZONE': 'make_timestamptz((h % 4000000000000000)::bigint)',
  "ENUM('low', 'it''s', '日本', '')": "['low', 'it''s', '日本', ''][1 + (h % 4)::int]",
  [`ENUM(${Array.from({ length: 256 }, (_, index) => `'v${index}'`).join(', ')})`]: "'v' || (h % 256)",
}

const nulls = {
  none: 'false',
  all: 'true',
  some: 'h % 10 < 3',
  first: 'i = 0',
  late: 'i > 3000',
  runs: 'i // 700 % 2 = 0',
} as const

const column = fc.record({
  type: fc.constantFrom(...Object.keys(values)),
  nulls: fc.constantFrom(...Object.values(nulls)),
  seed: fc.nat(1000),
})
const relation = fc.record({
  columns: fc.array(column, { minLength: 1, maxLength: 5 }),
  rows: fc.constantFrom(0, 1, 2, 63, 64, 65, 1000, 2047, 2048, 2049, 4096, 6001, 70_001),
  batchRows: fc.constantFrom(1000, 2048, 5000, 65_536),
  shape: fc.constantFrom('stored', 'filtered', 'computed', 'sorted', 'compressed'),
})
type Relation = typeof relation extends fc.Arbitrary<infer R> ? R : never

test('what leaves DuckDB as Arrow is what its own rows say, and comes back the same', {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(relation, async (wanted) => {
      const select = await prepare(wanted)
      const expected = await slowColumns(select)
      const batches = await collect(select, wanted.batchRows)
      for (const batch of batches.slice(0, -1)) expect(batch.numRows).toBe(wanted.batchRows)
      expect(arrowColumns(batches, wanted.columns.length)).toEqual(expected)

      const sent = batches.map((batch) => ({ schema: batch.schema, ...toMessage(batch) }))
      const received = sent.map(({ schema, message, transfer }) =>
        fromMessage(schema, structuredClone(message, { transfer })),
      )
      expect(arrowColumns(received, wanted.columns.length)).toEqual(expected)

      await writeBack(received)
      expect(await slowColumns('select * from back order by rowid')).toEqual(expected)
      const differ = `select count(*) n from (${select}) a positional join back b where a is distinct from b`
      expect(await slowColumns(differ)).toEqual([['0']])
    }),
    { numRuns: 20, endOnFailure: true },
  )
})

async function prepare({ columns, rows, shape }: Relation): Promise<string> {
  const list = columns.map(({ type, nulls, seed }, index) => {
    const hash = `hash(i * 31 + ${seed})`
    return `(case when ${nulls.replaceAll('h ', `${hash} `)} then null else (${values[type]!.replaceAll(/\bh\b/g, hash)}) end)::${type} as c${index}`
  })
  const computed = `select ${list.join(', ')} from range(${rows}) r(i)`
  await owner.run(
    `create or replace table source as ${computed}; create or replace table back as from source limit 0`,
  )
  if (shape === 'computed') return `${computed} order by i`
  if (shape === 'compressed') {
    await owner.run('create or replace table disk.source as from source order by rowid; checkpoint disk')
    return 'select * from disk.source order by rowid'
  }
  if (shape === 'filtered') return 'select * from source where hash(rowid) % 3 > 0 order by rowid'
  return shape === 'sorted' ? 'select * from source order by 1, rowid' : 'select * from source order by rowid'
}

async function collect(select: string, batchRows: number): Promise<RecordBatch[]> {
  const connection = await instance.connect()
  try {
    const batches: RecordBatch[] = []
    for await (const batch of readBatches({ connection, select, batchRows })) batches.push(batch)
    return batches
  } finally {
    connection.closeSync()
  }
}

async function writeBack(batches: readonly RecordBatch[]): Promise<void> {
  await owner.run('begin')
  const writer = await BatchWriter.open({ connection: owner, schema: 'main', table: 'back' })
  for (const batch of batches) writer.append(batch)
  writer.close()
  await owner.run('commit')
}

async function slowColumns(select: string): Promise<readonly string[][]> {
  const columns = await (await owner.run(select)).getColumns()
  return columns.map((column) => column.map(textOf))
}

function textOf(value: DuckDBValue): string {
  if (value === null || typeof value !== 'object') return Object.is(value, -0) ? '-0' : String(value)
  for (const key of ['days', 'micros', 'seconds', 'millis', 'nanos', 'value'] as const)
    if (key in value) return String(Reflect.get(value, key))
  if ('bytes' in value) return Buffer.from(value.bytes as Uint8Array).toString('hex')
  throw new Error(`no text for ${value.constructor.name}`)
}

function arrowColumns(batches: readonly RecordBatch[], count: number): readonly string[][] {
  return Array.from({ length: batches.length === 0 ? 0 : count }, (_, index) =>
    batches.flatMap((batch) => arrowTexts(batch.data.children[index]!)),
  )
}

/** Reads the buffers themselves, as any other Arrow implementation would. */
function arrowTexts(data: Data): string[] {
  const { type, values } = data
  return Array.from({ length: data.length }, (_, row) => {
    if (data.nullCount > 0 && !isSet(data.nullBitmap, data.offset + row)) return 'null'
    if (DataType.isDictionary(type)) return String(data.dictionary!.get(values[row]))
    if (DataType.isBool(type)) return String(isSet(values, data.offset + row))
    if (DataType.isDecimal(type)) return String(decimal(values.subarray(row * 4, row * 4 + 4)))
    if (DataType.isUtf8(type) || DataType.isBinary(type))
      return Buffer.from(values.subarray(data.valueOffsets[row], data.valueOffsets[row + 1])).toString(
        DataType.isUtf8(type) ? 'utf8' : 'hex',
      )
    return Object.is(values[row], -0) ? '-0' : String(values[row])
  })
}

function decimal(words: Uint32Array): bigint {
  const [a, b, c, d] = [...words].map(BigInt) as [bigint, bigint, bigint, bigint]
  return BigInt.asIntN(128, a | (b << 32n) | (c << 64n) | (d << 96n))
}
