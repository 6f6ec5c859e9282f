import { sql } from '@sillage/sdk'
import { describe, expect, it } from 'vitest'
import plugin from './file.ts'
import { openBench, runExample } from './testing/harness.ts'

const written = async (values: readonly string[], config: object = {}) => {
  const inputs = { input: { columns: { cell: 'varchar' }, rows: values.map((value) => [value]) } }
  const { writes } = await runExample(plugin, { title: '', with: { path: 'out.csv', ...config }, inputs })
  return writes!['out.csv']!.split('\n').slice(1, -1)
}

describe('activate/file', () => {
  it.each(plugin.examples)('example: $title', async (example) => {
    expect(await runExample(plugin, example)).toEqual({ writes: example.writes })
  })

  it('neutralises what a spreadsheet would run, and nothing else', async () => {
    expect(await written(['=1', '+33612345678', '-1', '@x', '\tx', 'a=1', ' =1', "'=1"])).toEqual([
      "'\tx",
      ' =1',
      "'=1",
      "'+33612345678",
      "'-1",
      "'=1",
      "'@x",
      'a=1',
    ])
    expect(await written(['=1'], { formulas: 'keep' })).toEqual(['=1'])
    expect(await written(['\r=1'])).toEqual([`"'\r=1"`])
  })

  it('writes Parquet with its types, and says where a format is missing', async () => {
    await using bench = await openBench()
    await bench.load('payload', { columns: { a: 'decimal(18,2)', b: 'varchar' }, rows: [['-1.50', '=1']] })
    const context = { resolve: (path: string) => `${bench.folder}/${path}`, asOf: '2014-05-23' }
    const columns = await bench.columns('payload')
    const [file] = plugin.files!({
      config: { path: 'x.parquet' },
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
