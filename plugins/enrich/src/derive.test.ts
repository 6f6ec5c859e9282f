import { compileSql, openBench } from '@sillage/testkit'
import { describe, expect, it } from 'vitest'
import plugin from './derive.ts'

describe('enrich/derive', () => {
  it('writes one select where no expression uses another', async () => {
    await using bench = await openBench()
    await bench.load('orders', { columns: { a: 'integer', b: 'integer' }, rows: [[1, 2]] })
    const config = { columns: { c: 'a + b', d: 'a * b' } }
    const { select } = await compileSql(bench, plugin, { config, tables: { input: 'orders' } })
    expect(select.text.match(/from "orders"/g)).toHaveLength(1)
    expect(select.text.match(/select/g)).toHaveLength(1)
    expect(await bench.rows(select)).toEqual([{ a: 1, b: 2, c: 3, d: 2 }])
  })

  it('swaps nothing: its own name means the column of the input, a later one the new value', async () => {
    await using bench = await openBench()
    await bench.load('orders', { columns: { a: 'integer', b: 'integer' }, rows: [[1, 2]] })
    const config = { columns: { A: 'a + 10', b: 'a + b', c: '"A" + b' } }
    const { select } = await compileSql(bench, plugin, { config, tables: { input: 'orders' } })
    expect(await bench.rows(select)).toEqual([{ A: 11, b: 13, c: 24 }])
  })

  it('reads the new value also of a name with quotes', async () => {
    await using bench = await openBench()
    await bench.load('orders', { columns: { 'a"b': 'integer' }, rows: [[1]] })
    const config = { columns: { 'a"b': '"a""b" * 10', c: '"a""b" + 1' } }
    const { select } = await compileSql(bench, plugin, { config, tables: { input: 'orders' } })
    expect(await bench.rows(select)).toEqual([{ 'a"b': 10, c: 11 }])
  })

  it('drops reserved columns of its input', async () => {
    await using bench = await openBench()
    await bench.load('orders', {
      columns: { a: 'integer', _file: 'varchar', _line: 'bigint' },
      rows: [[1, 'x.csv', 2]],
    })
    const { select } = await compileSql(bench, plugin, {
      config: { columns: { b: 'a' } },
      tables: { input: 'orders' },
    })
    expect(await bench.rows(select)).toEqual([{ a: 1, b: 1 }])
  })
})
