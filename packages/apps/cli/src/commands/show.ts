import { messageOf, SillageError } from '@sillage/base'
import type { Command } from 'commander'
import colors from 'picocolors'
import { print, printJson } from '../output.ts'
import { cell, onOneLine } from '../terminal/format.ts'
import { table } from '../terminal/table.ts'
import { openPipeline } from '../workspace.ts'
import { type CommonOptions, wholeNumber } from './options.ts'

interface ShowOptions extends CommonOptions {
  readonly pipeline?: string
  readonly limit: number
  readonly where?: string
}

export function registerShow(program: Command): void {
  program
    .command('show')
    .description(
      'show rows of any stage as the last run left them, fused ones and refused rows (reject.<stage>) too',
    )
    .argument('<stage>', 'a stage, a further output (people.merged) or reject.<stage>')
    .option('-p, --pipeline <pipeline>', 'a file, a folder or a name')
    .option('--limit <rows>', 'how many rows', wholeNumber, 20)
    .option('--where <condition>', 'only rows for which this is true')
    .addHelpText(
      'after',
      '\nExamples:\n  sillage show lines -p retail-loyalty --limit 5\n  sillage show reject.lines -p retail-loyalty',
    )
    .action(async (stage: string, options: ShowOptions) => {
      const { sql } = await import('@sillage/sql')
      const { findRelation, withWorking } = await import('../working.ts')
      const opened = await openPipeline(options.pipeline, {})
      const result = await withWorking(opened, async (kept) => {
        const relation = await findRelation(kept, stage)
        const where = options.where === undefined ? '' : ` where (${options.where}\n)`
        const { columns } = await kept.session.table(
          `select * from ${sql.id(relation.schema, relation.name).text} limit 0`,
        )
        const isPlaced = ['file', 'line'].every((name) => columns.some((column) => column.name === name))
        const order = relation.schema === 'reject' && isPlaced ? ' order by file, line' : ''
        const names = columns
          .filter((column) => !column.name.startsWith('_'))
          .map((column) => sql.id(column.name))
        return kept
          .ask(
            `select ${sql.join(names).text} from ${sql.id(relation.schema, relation.name).text}${where}${order} limit ${options.limit}`,
          )
          .catch((cause: unknown) => {
            if (options.where === undefined) throw cause
            throw new SillageError({
              code: 'condition_invalid',
              message: `--where is not a valid condition: ${messageOf(cause)}`,
              hint: `its columns: ${columns.map(({ name }) => name).join(', ')}`,
              cause,
            })
          })
      })
      if (options.output === 'json') return printJson(result)
      print(
        table(
          result.columns.map(({ name, type }) => ({
            title: name,
            right: /INT|DOUBLE|FLOAT|DECIMAL/.test(type),
          })),
          result.rows.map((row) => result.columns.map(({ name }) => cell(row[name]))),
        ),
      )
      print(
        colors.dim(
          `${result.rows.length} ${result.rows.length === 1 ? 'row' : 'rows'} shown; types: ${result.columns.map(({ name, type }) => `${onOneLine(name)} ${type}`).join(', ')}`,
        ),
      )
    })
}
