import { join } from 'node:path'
import { openBench, openScan } from '@sillage/testkit'
import { describe, expect, it } from 'vitest'
import plugin from './mart.ts'

describe('collect/mart', () => {
  it('attaches the mart under a name of its own and numbers its rows', async () => {
    await using bench = await openBench()
    await bench.run(`attach '${join(bench.folder, 'my-shop.duckdb')}' as made`)
    await bench.run(`create table made."top customers" as select range as id from range(3)`)
    await bench.run('detach made')
    const scan = await openScan(bench, plugin, { pipeline: 'my-shop', table: 'top customers' })
    await bench.run(`attach '${scan.attach!.path}' as "${scan.attach!.alias}" (read_only)`)
    const rows = await bench.rows(scan.select({ provenance: true }))
    expect(rows.at(-1)).toEqual({ id: 2, _file: 'my-shop.top customers', _line: 3 })
    expect(await bench.rows(scan.select({ provenance: false }))).toHaveLength(3)
    await bench.run(`detach "${scan.attach!.alias}"`)
  })

  it('says which pipeline to run where nothing is published', async () => {
    await using bench = await openBench()
    await expect(openScan(bench, plugin, { pipeline: 'shop', table: 'x' })).rejects.toMatchObject({
      code: 'mart_not_found',
    })
  })
})
