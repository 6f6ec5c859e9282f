import type { Cell, Format } from '../cell.ts'
import { hasGaps } from '../charts/chart.ts'
import { renderChart } from '../charts/render-chart.ts'
import { fileTheme } from '../charts/theme.ts'
import { type Formats, makeFormats } from '../format.ts'
import type { Block, Report } from '../report.ts'
import type { Words } from '../words/en.ts'
import { wordsOf } from '../words/words.ts'

/** A report as Markdown, with its charts by their paths relative to it: viewers show files, but no pictures inside the text. */
export interface MarkdownReport {
  readonly text: string
  readonly charts: ReadonlyMap<string, string>
}

interface PageFacts {
  readonly words: Words
  readonly formats: Formats
  readonly chart: (block: Extract<Block, { readonly kind: 'chart' }>, id: string) => string
}

/** `folder` is where the charts go, beside the text. */
export function renderMarkdown(report: Report, folder: string): MarkdownReport {
  const words = wordsOf(report.locale)
  const formats = makeFormats(report.locale, report.currency)
  const charts = new Map<string, string>()
  const chart: PageFacts['chart'] = (block, id) => {
    const path = `${folder}/${id}.svg`
    charts.set(
      path,
      `${renderChart(block.chart, { id, alt: block.alt, theme: fileTheme, text: formats.cell, words: words.chart })}\n`,
    )
    return `![${escaped(block.alt)}](<${path}>)`
  }
  const about = [
    ...(report.asOf === null ? [] : [words.colon(words.asOf, formats.cell(report.asOf, 'date'))]),
    words.colon(words.published, formats.cell(report.publishedAt, 'day_time')),
    words.colon(words.run, report.run),
  ]
  const sections = report.sections.map(({ id, title, blocks }) =>
    [
      `## ${escaped(title)}`,
      ...blocks.map((block, index) => blockText(block, `${id}-${index}`, { words, formats, chart })),
    ].join('\n\n'),
  )
  const parts = [
    `# ${escaped(report.title)}`,
    ...(report.description === undefined ? [] : [escaped(report.description)]),
    about.map(escaped).join(' · '),
    ...sections,
    `---\n\n${escaped(words.smallGroups(report.minGroup))}`,
  ]
  return { text: `${parts.join('\n\n')}\n`, charts }
}

function blockText(block: Block, id: string, facts: PageFacts): string {
  switch (block.kind) {
    case 'prose':
      return escaped(block.text)
    case 'headline':
      return `${block.sentences.map((text) => `- ${escaped(text)}`).join('\n')}${sqlText(block.sql, facts)}`
    case 'findings':
      return `${block.items.map(({ text, warns }) => `- ${warns ? '⚠ ' : ''}${escaped(text)}`).join('\n')}${sqlText(block.sql, facts)}`
    case 'figures':
      return `${table(
        block.figures.map(({ label, format }) => ({ title: label, format })),
        [block.figures.map(({ value }) => value)],
        facts,
        block.figures,
      )}${sqlText(block.sql, facts)}`
    case 'table':
      return block.folded
        ? `<details><summary>${escaped(facts.words.figuresOf)}</summary>\n\n**${escaped(block.caption)}**\n\n${table(block.columns, block.rows, facts)}\n\n</details>${sqlText(block.sql, facts)}`
        : `**${escaped(block.caption)}**\n\n${table(block.columns, block.rows, facts)}${sqlText(block.sql, facts)}`
    case 'chart':
      return `**${escaped(block.title)}**\n\n${facts.chart(block, id)}${hasGaps(block.chart) ? `\n\n${escaped(facts.words.chart.gaps)}` : ''}${sqlText(block.sql, facts)}`
  }
}

function table(
  columns: readonly { readonly title: string; readonly format: Format }[],
  rows: readonly (readonly Cell[])[],
  { formats }: PageFacts,
  own: readonly { readonly format: Format }[] = columns,
): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const isNumber = (format: Format): boolean =>
    format !== 'text' && format !== 'date' && format !== 'day_time'
  return [
    line(columns.map(({ title }) => escaped(title))),
    line(columns.map(({ format }) => (isNumber(format) ? '--:' : '---'))),
    ...rows.map((row) => line(row.map((value, index) => escaped(formats.cell(value, own[index]!.format))))),
  ].join('\n')
}

/** Fenced by more ticks than the statement has in a row. */
function sqlText(sql: string | undefined, { words }: PageFacts): string {
  if (sql === undefined) return ''
  const fence = '`'.repeat(Math.max(3, ...[...sql.matchAll(/`+/g)].map(([ticks]) => ticks.length + 1)))
  return `\n\n<details><summary>${escaped(words.sqlOf)}</summary>\n\n${fence}sql\n${sql}\n${fence}\n\n</details>`
}

/** Characters that Markdown or HTML would take for its own. */
function escaped(text: string): string {
  return text
    .replace(/[\\`*_[\]#|~]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/\s*\n\s*/g, ' ')
}
