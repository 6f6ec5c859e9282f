import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Figure, meets } from './bench.ts'
import { benches } from './benches.ts'

export type Measured = Figure & { readonly bench: string; readonly title: string }

const page = new URL('../../../../docs/benchmarks/README.md', import.meta.url)
const data = new URL('../../../../docs/benchmarks/measured.json', import.meta.url)

/** The figures beside their bars, as a Markdown table that reads well on a terminal too. */
export function table(measured: readonly Measured[]): string {
  const cells = [
    ['bench', 'figure', 'measured', 'bar', '', 'medians behind it'],
    ...measured.map((one) => [
      one.bench,
      one.what,
      figure(one.value, one.unit),
      `${one.direction === 'at most' ? '≤' : '≥'} ${figure(one.bar, one.unit)}`,
      meets(one) ? 'meets' : '**misses**',
      one.detail,
    ]),
  ]
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)))
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`
  const [head, ...rows] = cells
  return [line(head!), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rows.map(line)].join(
    '\n',
  )
}

/** What a bench found, and when and where. */
interface Kept {
  readonly title: string
  readonly on: string
  readonly machine: string
  readonly figures: readonly Figure[]
}

/** Writes docs/benchmarks/README.md. Benches that were not run this time keep what they found before, with its day and machine. */
export function writePage(measured: readonly Measured[]): void {
  mkdirSync(dirname(fileURLToPath(page)), { recursive: true })
  const kept: Record<string, Kept> = existsSync(data) ? JSON.parse(readFileSync(data, 'utf8')) : {}
  const on = new Date().toISOString().slice(0, 10)
  for (const { bench, title } of measured) {
    const figures = measured
      .filter((one) => one.bench === bench)
      .map(({ bench: _, title: __, ...one }) => one)
    kept[bench] = { title, on, machine: machine(), figures }
  }
  const ordered = Object.fromEntries(benches.flatMap(({ name }) => (kept[name] ? [[name, kept[name]]] : [])))
  writeFileSync(data, `${JSON.stringify(ordered, null, 2)}\n`)
  writeFileSync(page, pageText(ordered))
}

function pageText(kept: Readonly<Record<string, Kept>>): string {
  const all = Object.entries(kept)
  const rows = all.flatMap(([bench, { title, figures }]) => figures.map((one) => ({ bench, title, ...one })))
  const machines = [...new Set(all.map(([, { on, machine }]) => `${on}: ${machine}`))].sort()
  return `# Benchmarks

What Sillage costs beside the plainest way to do the same on the same machine. Written by \`npm run bench -- --write\`; without
\`--write\` it prints the table and writes nothing. \`--only <name>\` runs one, \`--rows <n>\` with fewer rows, \`--output json\` for machines.

Both sides of a ratio run in one process (where a side is a process, both are), in turn, after a round that does not count; a figure is the
median of the ratios of at least five rounds. Compare ratios, never seconds of two machines.

${table(rows)}

${all.map(([name, { title, on }]) => `- \`${name}\`: ${title} (${on}).`).join('\n')}

Measured on
${machines.map((one) => `- ${one}`).join('\n')}
`
}

function machine(): string {
  return `${availableParallelism()} cores of ${cpus()[0]?.model.trim() ?? 'an unnamed processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}, ${process.platform} ${process.arch}`
}

function figure(value: number, unit: Figure['unit']): string {
  if (unit === '×') return `${value.toFixed(2)} ×`
  return `${Math.round(value).toLocaleString('en')}${unit === '/s' ? '' : ' '}${unit}`
}
