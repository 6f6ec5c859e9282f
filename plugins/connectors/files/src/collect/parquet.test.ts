import { truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from '@sillage/sdk'
import { openBench, openScan } from '@sillage/testkit'
import { describe, expect, it } from 'vitest'
import plugin from './parquet.ts'

describe('collect/parquet', () => {
  it('unites several files by name and numbers the rows of each from 1', async () => {
    await using bench = await openBench()
    await bench.run(sql`copy (select range as id from range(2)) to ${join(bench.folder, 'a.parquet')}`)
    await bench.run(sql`copy (select 'x' as note, 9 as id) to ${join(bench.folder, 'b.parquet')}`)
    const scan = await openScan(bench, plugin, { path: '*.parquet' })
    expect(await bench.rows(sql`${scan.select({ provenance: true })} order by _file, _line`)).toEqual([
      { id: 0, note: null, _file: 'a.parquet', _line: 1 },
      { id: 1, note: null, _file: 'a.parquet', _line: 2 },
      { id: 9, note: 'x', _file: 'b.parquet', _line: 1 },
    ])
  })

  it('refuses a file cut short, another format, an empty file and a folder', async () => {
    await using bench = await openBench()
    const cut = join(bench.folder, 'cut.parquet')
    await bench.run(sql`copy (select range as id from range(5000)) to ${cut}`)
    truncateSync(cut, 3000)
    writeFileSync(join(bench.folder, 'text.parquet'), 'id,name\n1,a\n')
    writeFileSync(join(bench.folder, 'empty.parquet'), '')
    const codeOf = async (path: string) =>
      openScan(bench, plugin, { path }).catch((error: { code: string }) => error.code)
    expect(await codeOf('cut.parquet')).toBe('parquet_cut_short')
    expect(await codeOf('text.parquet')).toBe('not_parquet')
    expect(await codeOf('empty.parquet')).toBe('file_empty')
    expect(await codeOf('.')).toBe('file_is_folder')
  })

  it('gives VARIANT as text with all digits', async () => {
    await using bench = await openBench()
    const path = join(bench.folder, 'v.parquet')
    await bench.run(sql`copy (
      select 1 as id, {'price': 12.50::decimal(9, 2), 'big': 9007199254740993, 'day': date '2024-01-02', 't': 'x"y'}::variant as v
      union all select 2, 'text'::variant union all select 3, null union all select 4, 12.50::decimal(9, 2)::variant
    ) to ${path}`)
    const scan = await openScan(bench, plugin, { path: 'v.parquet' })
    expect(await bench.rows(sql`select v from (${scan.select({ provenance: true })}) order by id`)).toEqual([
      { v: '{"big":9007199254740993,"day":"2024-01-02","price":12.50,"t":"x\\"y"}' },
      { v: 'text' },
      { v: null },
      { v: '12.50' },
    ])
    expect((await bench.columns(`(${scan.select({ provenance: false })})`)).map(({ type }) => type)).toEqual([
      'INTEGER',
      'VARCHAR',
    ])
  })

  it('a path with brackets is that file', async () => {
    await using bench = await openBench()
    for (const [name, id] of Object.entries({ a1: 1, 'a[1]': 2 }))
      await bench.run(sql`copy (select ${id} as id) to ${join(bench.folder, `${name}.parquet`)}`)
    const scan = await openScan(bench, plugin, { path: 'a[1].parquet' })
    expect(await bench.rows(scan.select({ provenance: true }))).toEqual([
      { id: 2, _file: 'a[1].parquet', _line: 1 },
    ])
  })
})
