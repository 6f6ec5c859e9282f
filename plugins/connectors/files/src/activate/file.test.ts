import { join } from 'node:path'
import { sql } from '@sillage/sdk'
import { openBench } from '@sillage/testkit'
import { describe, expect, it } from 'vitest'
import plugin from './file.ts'

const context = { resolve: (path: string) => path, asOf: '2014-05-23' }

const cells = async (values: readonly string[], config: object = {}) => {
  await using bench = await openBench()
  await bench.load('payload', { columns: { cell: 'varchar' }, rows: values.map((value) => [value]) })
  const columns = await bench.columns('payload')
  const full = { path: 'out.csv', ...config }
  const [file] = plugin.files!({ config: full, payload: sql`payload`, columns, context, sql })
  return (await bench.rows(file!.select)).map(({ cell }) => cell)
}

describe('activate/file', () => {
  it('neutralises what a spreadsheet would run, and nothing else', async () => {
    expect(await cells(['=1', '+33612345678', '-1', '@x', '\tx', 'a=1', ' =1', "'=1"])).toEqual([
      "'=1",
      "'+33612345678",
      "'-1",
      "'@x",
      "'\tx",
      'a=1',
      ' =1',
      "'=1",
    ])
    expect(await cells(['=1'], { formulas: 'keep' })).toEqual(['=1'])
    expect(await cells(['\r=1', '\n=1'])).toEqual(["'\r=1", "'\n=1"])
  })

  it('neutralises names of columns too, behind a mark as well, unless all is kept', async () => {
    await using bench = await openBench()
    const name = "=cmd|' /C calc'!A0"
    await bench.load('payload', {
      columns: { [name]: 'integer', '@b': 'varchar', c: 'varchar' },
      rows: [[-1, 'x', 'y']],
    })
    const columns = await bench.columns('payload')
    const names = async (config: object) => {
      const [file] = plugin.files!({
        config: { path: 'out.csv', ...config },
        payload: sql`payload`,
        columns,
        context,
        sql,
      })
      return Object.keys((await bench.rows(file!.select))[0]!)
    }
    expect(await names({})).toEqual([`'${name}`, "'@b", 'c'])
    expect(await names({ dialect: 'excel-fr' })).toEqual([`\u{feff}'${name}`, "'@b", 'c'])
    expect(await names({ formulas: 'keep' })).toEqual([name, '@b', 'c'])
  })

  it('writes Parquet with its types, and says where a format is missing', async () => {
    await using bench = await openBench()
    await bench.load('payload', { columns: { a: 'decimal(18,2)', b: 'varchar' }, rows: [['-1.50', '=1']] })
    const columns = await bench.columns('payload')
    const [file] = plugin.files!({
      config: { path: join(bench.folder, 'x.parquet') },
      payload: sql`payload`,
      columns,
      context,
      sql,
    })
    await bench.run(sql`copy (${file!.select}) to ${file!.path} (format parquet)`)
    expect(await bench.rows(sql`select * from ${file!.path}`)).toEqual([{ a: '-1.50', b: '=1' }])
    const codes = (config: { path: string }) =>
      plugin.check?.({ config, columns, inputs: {}, asOf: '' }).map(({ code }) => code)
    expect(codes({ path: 'x.xlsx' })).toEqual(['unknown_format'])
    expect(codes({ path: 'x.parquet', dialect: 'excel-fr' } as never)).toEqual(['option_not_for_format'])
  })
})
