import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { history } from './testing/history.ts'
import { onlineRetail } from './testing/online-retail.ts'
import { dataFolder, TestProject } from './testing/project.ts'
import { report } from './testing/written-report.ts'

const data = dataFolder()
const hasData = existsSync(join(data, 'online-retail'))

describe.skipIf(!hasData)(
  hasData ? 'report of the fixed file' : 'report of the fixed file (skipped: no data)',
  () => {
    it('gives its published figures', async () => {
      using project = new TestProject({ 'pipeline.yaml': onlineRetail(data) })
      await history(project, 'online-retail')
      const { page } = await report(project, 'online-retail')
      expect(page.errors).toEqual([])
      const [rows, reasons, value, cells] = page.tables
      const figure = (column: string) =>
        rows!.rows[0]![rows!.columns.findIndex((one) => one.column === column)]
      expect(['received', 'rejected', 'kept', 'published', 'gap'].map(figure)).toEqual([
        '541,909',
        '144,025',
        '397,884',
        '4,338',
        '0',
      ])
      expect(reasons!.rows.map((row) => row.at(-1))).toEqual(['135,080', '10,624', '2,517'])
      expect(value!.rows[0]!.slice(0, 2)).toEqual(['4,338', '8,911,407.90'])
      expect(
        cells!.rows.some(
          ([recency, frequency, monetary]) => [recency, frequency, monetary].join() === '2,2,2',
        ),
      ).toBe(true)
      expect(page.sections.map(({ id }) => id)).toEqual([
        'summary',
        'coverage',
        'segments',
        'rfm',
        'value',
        'stages',
      ])
    })
  },
)
