import { type Pipeline, parseYaml } from '@sillage/pipeline'
import { meanings as ofPlugins } from '@sillage/sdk'
import { expect, it } from 'vitest'
import { reportOf, reportSections } from './keys.ts'
import { meanings } from './meanings.ts'

const report = reportSections.find(({ key }) => key === 'report')!.pipeline!

it('says of a report which mart there is not, and which section it has twice', async () => {
  const text = 'report:\n  main: peple\n  sections: [summary, { section: summary, title: Again }]\n'
  const { value, locate } = parseYaml(text, 'pipeline.yaml')
  const told = await report.check!((value as { readonly report: unknown }).report, {
    marts: ['people'],
    locate,
  })
  expect(told).toMatchObject([
    { code: 'section_repeated', line: 3, column: 23 },
    { code: 'mart_unknown', line: 2, column: 9, hint: expect.stringContaining('people') },
  ])
})

it('has its sections by name or with a title, and is there where a pipeline says nothing of it', () => {
  const read = report.read!({ top: 5, sections: ['rfm', { section: 'model', title: 'Forecast' }] })
  expect(read).toEqual({ top: 5, sections: [{ section: 'rfm' }, { section: 'model', title: 'Forecast' }] })
  const pipeline = (sections: object) => ({ sections }) as unknown as Pipeline
  expect(reportOf(pipeline({ report: read })).choices).toBe(read)
  expect(reportOf(pipeline({}))).toEqual({ choices: { sections: [] }, labels: undefined, locale: 'en' })
})

it('adds to what columns may mean, and says nothing of it again', () => {
  expect(Object.keys(meanings).filter((name) => Object.hasOwn(ofPlugins, name))).toEqual([])
})
