import type { RefusedStage } from '@sillage/upkeep'
import colors from 'picocolors'
import { cell, count } from './format.ts'
import { table } from './table.ts'

/** Characters: a row is shown whole, and a file that is no table does not flood the terminal. */
const longestRow = 4000

/** Refused rows by stage and reason, as text, with the commands that go on from there. */
export function refusedText(pipeline: string, stages: readonly RefusedStage[]): string {
  if (stages.length === 0) return 'Nothing was refused.'
  const [first] = stages
  return [
    ...stages.map(stageText),
    `${colors.cyan('→')} all of them: sillage show reject.${first!.stage} -p ${pipeline}\n${colors.cyan('→')} after mending the rules or the rows: sillage replay ${pipeline} --stage ${first!.stage}`,
  ].join('\n\n')
}

function stageText({ stage, rows_in, rejected, share, reasons }: RefusedStage): string {
  const title = `${colors.bold(stage)}: ${colors.yellow(count(rejected))} of ${count(rows_in)} rows refused (${percent(share)})`
  const summary = table(
    [
      { title: 'column' },
      { title: 'code' },
      { title: 'rows', right: true },
      { title: 'share', right: true },
      { title: 'why', whole: true },
    ],
    reasons.map((reason) => [
      reason.column ?? '',
      reason.code,
      count(reason.rows),
      percent(reason.share),
      reason.message,
    ]),
  )
  const samples = reasons.flatMap(({ column, code, samples }) =>
    samples.map((row) => `  ${colors.dim(column === null ? code : `${column}: ${code}`)}  ${rowText(row)}`),
  )
  return [title, summary, ...samples].join('\n')
}

/** `orders.csv:9  {"order":…}`; a row that came from no file shows its columns. */
function rowText({ file, line, raw, codes, reasons, ...columns }: Readonly<Record<string, unknown>>): string {
  const place = file === undefined ? '' : `${cell(file)}:${cell(line)}  `
  const text = raw === undefined ? JSON.stringify(columns) : cell(raw)
  const shown = [...text.replaceAll(/\p{Cc}/gu, '␤')]
  return `${place}${shown.length > longestRow ? `${shown.slice(0, longestRow - 1).join('')}…` : shown.join('')}`
}

/** `12.3 %`; a share that is there is never shown as none. */
function percent(share: number): string {
  if (share > 0 && share < 0.0005) return '<0.1 %'
  return `${(share * 100).toFixed(1)} %`
}
