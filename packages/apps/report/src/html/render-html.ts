import type { Cell, Format } from '../cell.ts'
import { hasGaps } from '../charts/chart.ts'
import { renderChart } from '../charts/render-chart.ts'
import { inlineTheme } from '../charts/theme.ts'
import { escapeText } from '../escape-text.ts'
import { type Formats, makeFormats } from '../format.ts'
import type { Block, Report, Section } from '../report.ts'
import type { Words } from '../words/en.ts'
import { wordsOf } from '../words/words.ts'
import { style } from './style.ts'

const numeric: ReadonlySet<Format> = new Set(['written', 'count', 'number', 'money', 'share'])

/** A text of a table that is not broken into lines. */
const longestUnbroken = 24

/** A table of more columns has no room for that but in the first. */
const mostUnbroken = 7

/** A table of more columns is a card a row on a narrow page, each figure with its name. */
const mostNarrow = 3

/** A table whose columns need more letters beside one another is cards on any screen and on paper. */
const mostLetters = 125

/** Letters of a name and its figure of which two stand side by side on a card. */
const mostHalf = 23

type TableBlock = Extract<Block, { readonly kind: 'table' }>

interface PageFacts {
  readonly words: Words
  /** The label of a region: two of one page have no label in common. */
  readonly label: (text: string) => string
  readonly formats: Formats
}

/** A report as one file that asks for nothing: charts, style and SQL are in it, and no script. */
export function renderHtml(report: Report): string {
  const words = wordsOf(report.locale)
  const formats = makeFormats(report.locale, report.currency)
  const facts = { words, formats, label: distinctLabels() }
  return `<!DOCTYPE html>
<html lang="${report.locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeText(report.title)}</title>
<style>
${style}
</style>
</head>
<body>
<header>
<h1>${escapeText(report.title)}</h1>
${report.description === undefined ? '' : `<p>${escapeText(report.description)}</p>\n`}<p class="about">${aboutText(report, facts)}</p>
<nav aria-label="${escapeText(words.contents)}"><ul>${report.sections.map(({ id, title }) => `<li><a href="#${id}">${escapeText(title)}</a></li>`).join('')}</ul></nav>
</header>
<main>
${report.sections.map((section) => sectionHtml(section, facts)).join('\n')}
</main>
<footer><p>${escapeText(words.smallGroups(report.minGroup))}</p></footer>
</body>
</html>
`
}

function aboutText({ asOf, publishedAt, run }: Report, { words, formats }: PageFacts): string {
  const parts = [
    ...(asOf === null ? [] : [words.colon(words.asOf, formats.cell(asOf, 'date'))]),
    words.colon(words.published, formats.cell(publishedAt, 'day_time')),
    words.colon(words.run, run),
  ]
  return parts.map((part) => `<span>${escapeText(part)}</span>`).join(' ')
}

/** Labels, each given once: one that comes again gets a number. */
function distinctLabels(): (text: string) => string {
  const given = new Set<string>()
  return (text) => {
    let label = text
    for (let number = 2; given.has(label); number += 1) label = `${text} (${number})`
    given.add(label)
    return label
  }
}

function sectionHtml({ id, title, blocks }: Section, facts: PageFacts): string {
  facts.label(title)
  const body = blocks.map((block, index) => blockHtml(block, { ...facts, id: `${id}-${index}` }))
  return `<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${escapeText(title)}</h2>
${body.join('\n')}
</section>`
}

function blockHtml(block: Block, facts: PageFacts & { readonly id: string }): string {
  switch (block.kind) {
    case 'prose':
      return `<p class="note">${escapeText(block.text)}</p>`
    case 'headline':
      return `<ul class="headline">${block.sentences.map((text) => `<li>${escapeText(text)}</li>`).join('')}</ul>${sqlHtml(block.sql, facts)}`
    case 'findings':
      return `<ul class="findings">${block.items.map(({ text, warns }) => `<li${warns ? ' class="warns"' : ''}>${escapeText(text)}</li>`).join('')}</ul>${sqlHtml(block.sql, facts)}`
    case 'figures':
      return `<dl class="figures">${block.figures
        .map(
          ({ label, value, format, column }) =>
            `<div><dt>${escapeText(label)}</dt><dd${columnHtml(column)}>${escapeText(facts.formats.cell(value, format))}</dd></div>`,
        )
        .join('')}</dl>${sqlHtml(block.sql, facts)}`
    case 'table':
      return tableHtml(block, facts)
    case 'chart': {
      const drawn = (size: 'wide' | 'narrow'): string =>
        renderChart(block.chart, {
          id: size === 'wide' ? facts.id : `${facts.id}-narrow`,
          alt: block.alt,
          theme: inlineTheme,
          text: facts.formats.cell,
          words: facts.words.chart,
          size,
        }).replace(/ xmlns="[^"]*"/, '')
      return `<figure><figcaption>${escapeText(block.title)}</figcaption><div class="drawn">${drawn('wide')}</div><div class="drawn narrow">${drawn('narrow')}</div>${hasGaps(block.chart) ? `<p class="note">${escapeText(facts.words.chart.gaps)}</p>` : ''}</figure>${sqlHtml(block.sql, facts)}`
    }
  }
}

function tableHtml({ caption, columns, rows, sql, folded }: TableBlock, facts: PageFacts): string {
  const kind = (format: Format): string => (numeric.has(format) ? ' class="number"' : '')
  const isTooWide = lettersOf(columns, rows, facts) > mostLetters
  const wide = columns.length > mostNarrow || isTooWide
  const fitsHalf = columns.map(({ title, format }, index) => {
    const longest = rows.reduce(
      (most, row) => Math.max(most, facts.formats.cell(row[index]!, format).length),
      0,
    )
    return wide && index > 0 && title.length + longest <= mostHalf
  })
  const isHalf = inPairs(fitsHalf)
  const cell = (value: Cell, index: number): string => {
    const { format, values } = columns[index]!
    const text = facts.formats.cell(value, format)
    const behind = values?.get(text)
    const own = behind === undefined ? '' : ` data-value="${escapeText(behind)}"`
    const isShort = [...text].length <= longestUnbroken && (index === 0 || columns.length <= mostUnbroken)
    const classes = [numeric.has(format) ? 'number' : isShort ? 'short' : '', isHalf[index] ? 'half' : '']
    const named = classes.filter(Boolean).join(' ')
    const look = named === '' ? '' : ` class="${named}"`
    return index === 0
      ? `<th scope="row"${look}${own}>${escapeText(text)}</th>`
      : `<td${look}${own}${wide ? ` data-title="${escapeText(columns[index]!.title)}"` : ''}>${escapeText(text)}</td>`
  }
  const label = folded ? facts.words.colon(facts.words.figuresOf, caption) : caption
  const width = columns.length > 14 ? ' wide widest' : columns.length > 7 ? ' wide' : ''
  const shape = `${width}${isTooWide ? ' cards sheets' : wide ? ' cards' : ''}`
  const [open, close] = folded
    ? [`<details class="figures-of"><summary>${escapeText(facts.words.figuresOf)}</summary>`, '</details>']
    : ['', '']
  return `${open}<div class="scroll${shape}" tabindex="0" role="region" aria-label="${escapeText(facts.label(label))}"><table>
<caption>${escapeText(caption)}</caption>
<thead><tr>${columns.map(({ title, format, column }) => `<th scope="col"${kind(format)}${columnHtml(column)}>${escapeText(title)}</th>`).join('')}</tr></thead>
<tbody>
${rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('\n')}
</tbody>
</table></div>${close}${sqlHtml(sql, facts)}`
}

/** Letters that the columns need at least: figures are not broken, texts between words are. */
function lettersOf(
  columns: TableBlock['columns'],
  rows: TableBlock['rows'],
  { formats }: Pick<PageFacts, 'formats'>,
): number {
  const longestWord = (text: string): number =>
    text.split(/\s/).reduce((most, word) => Math.max(most, word.length), 0)
  return columns.reduce((sum, { title, format }, index) => {
    const texts = rows.map((row) => formats.cell(row[index]!, format))
    const needed = numeric.has(format) ? (text: string) => text.length : longestWord
    return sum + 1.5 + texts.reduce((most, text) => Math.max(most, needed(text)), longestWord(title))
  }, 0)
}

/** The same, with those left out that have no neighbour to stand beside. */
function inPairs(fits: readonly boolean[]): readonly boolean[] {
  const paired = fits.map(() => false)
  for (let index = 1; index < fits.length; index += 1) {
    if (!fits[index] || !fits[index - 1] || paired[index - 1]) continue
    paired[index - 1] = true
    paired[index] = true
  }
  return paired
}

function sqlHtml(sql: string | undefined, { words }: PageFacts): string {
  if (sql === undefined) return ''
  return `\n<details><summary>${escapeText(words.sqlOf)}</summary><pre><code>${escapeText(sql)}</code></pre></details>`
}

/** Says which column of the SQL below gives the figure. */
function columnHtml(column: string | undefined): string {
  return column === undefined ? '' : ` data-column="${escapeText(column)}"`
}
