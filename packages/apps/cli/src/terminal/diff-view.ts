import type { Migration, TableChanges, VersionChanges } from '@sillage/upkeep'
import colors from 'picocolors'
import { cell, count } from './format.ts'
import { table } from './table.ts'

const widestMatrix = 10

/** What changed between two versions, as text. */
export function diffText({ tables }: VersionChanges): string {
  return [
    ...tables.added.map(({ table, rows }) => `${colors.green('+')} table ${table}: ${count(rows)} rows`),
    ...tables.removed.map(({ table, rows }) => `${colors.red('-')} table ${table}: ${count(rows)} rows`),
    ...tables.kept.map(tableText),
  ].join('\n\n')
}

function tableText(changes: TableChanges): string {
  const { rows } = changes
  const by = changes.key.length > 0 ? `by ${changes.key.join(', ')}` : 'whole rows: no key in both versions'
  const changed = rows.changed === null ? '' : `, ${colors.yellow(`${count(rows.changed)} changed`)}`
  return [
    `${colors.bold(changes.table)} ${colors.dim(`(${by})`)}: ${count(rows.before)} → ${count(rows.after)} rows: ${colors.green(`${count(rows.added)} added`)}, ${colors.red(`${count(rows.removed)} removed`)}${changed}`,
    ...columnLines(changes),
    ...changes.migrations.map(matrixText),
    ...sampleLines(changes),
  ].join('\n')
}

function columnLines({ columns, changed_columns }: TableChanges): readonly string[] {
  return [
    ...columns.added.map(({ name, type }) => `  ${colors.green('+')} column ${name} ${type}`),
    ...columns.removed.map(({ name, type }) => `  ${colors.red('-')} column ${name} ${type}`),
    ...columns.retyped.map(({ name, from, to }) => `  ${colors.yellow('~')} column ${name} ${from} → ${to}`),
    ...(changed_columns.length === 0
      ? []
      : [`  changed: ${changed_columns.map(({ column, rows }) => `${column} ${count(rows)}`).join(', ')}`]),
  ]
}

const entered = '(entered)'
const left = '(left)'

/** A matrix of where rows came from (down) and went to (across); a list of moves where it would be too wide. */
function matrixText({ column, cells }: Migration): string {
  const named = cells.map(({ kind, from, to, rows }) => ({
    from: kind === 'entered' ? entered : cell(from),
    to: kind === 'left' ? left : cell(to),
    kind,
    rows,
  }))
  const froms = [...new Set(named.map(({ from }) => from))]
  const tos = [...new Set(named.map(({ to }) => to))].sort((a, b) => Number(a === left) - Number(b === left))
  const title = `\n  ${colors.bold(column)}: from (down) to (across)`
  if (tos.length > widestMatrix) {
    const moves = named.filter(({ kind }) => kind !== 'stayed').sort((a, b) => b.rows - a.rows)
    return `${title}\n${indent(
      table(
        [{ title: 'from' }, { title: 'to' }, { title: 'rows', right: true }],
        moves.map(({ from, to, rows }) => [from, to, count(rows)]),
      ),
    )}`
  }
  const rows = froms.map((from) => [
    from,
    ...tos.map((to) => {
      const found = named.find((one) => one.from === from && one.to === to)
      return found === undefined
        ? colors.dim('·')
        : found.kind === 'stayed'
          ? colors.dim(count(found.rows))
          : count(found.rows)
    }),
  ])
  return `${title}\n${indent(table([{ title: '' }, ...tos.map((title) => ({ title, right: true }))], rows))}`
}

function sampleLines({ samples, key }: TableChanges): readonly string[] {
  if (!samples) return []
  return Object.entries(samples).flatMap(([kind, rows]) =>
    rows.map((row) => {
      const changed = Array.isArray(row._changed) ? `: ${row._changed.join(', ')}` : ''
      return `  ${kind} ${key.map((name) => `${name} ${cell(row[name])}`).join(', ')}${changed}`
    }),
  )
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '  ')
}
