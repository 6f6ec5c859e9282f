/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { type Report, renderHtml } from '@sillage/report'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { findBrowser, launch } from './testing/browser.ts'
import { findFaults } from './testing/page-checks.ts'

const found = await findBrowser()
const missing = 'missing' in found ? found.missing : undefined
const orMissing = missing === undefined ? '' : ` (skipped: ${missing})`

const places = Array.from({ length: 60 }, (_, place) => place)
const name = (place: number): string => `A rather long name of a thing, number ${place}`

const wideTable = (columns: number, folded: boolean): Report['sections'][number]['blocks'][number] => ({
  kind: 'table',
  caption: `${columns} columns`,
  folded,
  columns: [
    { title: 'What it is', format: 'text' },
    ...places
      .slice(1, columns)
      .map((place) => ({ title: `Sum of something ${place}`, format: 'money' as const })),
  ],
  rows: places.map((row) => places.slice(0, columns).map((place) => (place === 0 ? name(row) : 1234567.89))),
})

const bars = (horizontal: boolean) => ({
  kind: 'bars' as const,
  categories: places.slice(0, 12).map(name),
  series: ['one', 'two'].map((one) => ({ name: one, values: places.slice(0, 12) })),
  format: 'money' as const,
  horizontal,
})

const report: Report = {
  title: 'A report of widths',
  locale: 'en',
  description: undefined,
  pipeline: 'p',
  run: 'r',
  asOf: '2014-05-23',
  publishedAt: '2014-05-23 08:00:00',
  currency: 'EUR',
  minGroup: 5,
  sections: [
    {
      id: 'widths',
      title: 'Widths',
      blocks: [
        ...[bars(true), bars(false)].map((chart) => ({
          kind: 'chart' as const,
          title: 'Bars',
          alt: 'Bars with twelve long names.',
          chart,
        })),
        wideTable(8, true),
        wideTable(3, false),
        wideTable(6, false),
        wideTable(16, false),
      ],
    },
  ],
}

let browser: Browser
beforeAll(async () => {
  if ('path' in found) browser = await launch(found.path)
})
afterAll(async () => {
  await browser?.close()
})

it.skipIf(missing !== undefined).each([1280, 390])(
  `at a width of %s nothing is moved sideways, and each figure of a card has its name${orMissing}`,
  async (width) => {
    const page = await browser.newPage({ viewport: { width, height: 900 } })
    await page.setContent(renderHtml(report))
    await page.evaluate(() => {
      for (const details of document.querySelectorAll('details')) details.open = true
    })
    expect(await findFaults(page)).toEqual([])
    const sideways = await page.evaluate(() =>
      [...document.querySelectorAll('main *')]
        .filter((one) => one.checkVisibility() && one.closest('svg,pre') === null)
        .filter((one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== 'inline')
        .map((one) => `${one.tagName} ${one.className} ${one.scrollWidth} in ${one.clientWidth}`),
    )
    expect(sideways).toEqual([])
    const named = await page.evaluate(() =>
      [...document.querySelectorAll('table')].map((table) => [
        table.caption?.textContent,
        [...table.querySelectorAll('td')].every(
          (cell) => getComputedStyle(cell, '::before').content === JSON.stringify(cell.dataset.title),
        ),
      ]),
    )
    const isNarrow = width === 390
    expect(named).toEqual([
      ['8 columns', isNarrow],
      ['3 columns', false],
      ['6 columns', isNarrow],
      ['16 columns', true],
    ])
    const charts = await page.evaluate(() =>
      [...document.querySelectorAll('svg')]
        .filter((one) => one.checkVisibility())
        .map((one) => one.viewBox.baseVal.width),
    )
    expect(charts).toEqual(width === 390 ? [380, 380] : [860, 860])
    await page.close()
  },
)

it.skipIf(missing !== undefined)(
  `on A4 the table of a chart is left out, and no other is wider than the paper${orMissing}`,
  async () => {
    const page = await browser.newPage({ viewport: { width: 688, height: 1000 } }) // 182 mm
    await page.emulateMedia({ media: 'print' })
    await page.setContent(renderHtml(report))
    const tables = await page.evaluate(() =>
      [...document.querySelectorAll('table')]
        .filter((one) => one.checkVisibility())
        .map((one) => ({ caption: one.caption?.textContent, width: one.getBoundingClientRect().width })),
    )
    expect(tables.map(({ caption }) => caption)).toEqual(['3 columns', '6 columns', '16 columns'])
    for (const { caption, width } of tables) expect(width, caption ?? '').toBeLessThanOrEqual(689)
    await page.close()
  },
)
