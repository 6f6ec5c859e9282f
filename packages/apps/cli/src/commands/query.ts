import { existsSync, realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import { exitCode, invalidInput, isSillageError, SillageError } from '@sillage/base'
import type { Command } from 'commander'
import colors from 'picocolors'
import { print, printJson } from '../output.ts'
import { martPathOf } from '../paths.ts'
import { cell } from '../terminal/format.ts'
import { table } from '../terminal/table.ts'
import { headOf, openPipeline } from '../workspace.ts'
import type { CommonOptions } from './options.ts'

export function registerQuery(program: Command): void {
  program
    .command('query')
    .description('run SQL on the published mart of a pipeline; reads only')
    .usage('[options] [pipeline] <sql>')
    .argument('[pipeline]', 'a file, a folder, a name, or a mart file (.duckdb)')
    .argument('[sql]', 'one statement; without a pipeline, it queries the pipeline of this folder')
    .addHelpText(
      'after',
      '\nExamples:\n  sillage query retail-loyalty "select segment, count(*) from customers group by all order by 2 desc"\n  sillage query marts/retail-loyalty.duckdb "select * from sillage.steps" --output json',
    )
    .action(async (first: string | undefined, second: string | undefined, options: CommonOptions) => {
      const statement = second ?? first
      const argument = second === undefined ? undefined : first
      if (statement === undefined || (second === undefined && /^\S+$/.test(statement)))
        throw statementMissing(first)
      const { Database } = await import('@sillage/duckdb')
      const { versionFailed } = await import('@sillage/ledger')
      const mart = realpathSync(await martOf(argument))
      await using database = await Database.open({ path: mart, readOnly: true }).catch((cause: unknown) => {
        throw versionFailed(mart, cause)
      })
      using session = await database.session()
      const { columns, rows } = await session.ask(statement).catch((cause: unknown) => {
        if (isSillageError(cause) && cause.code !== 'statement_failed') throw cause
        throw new SillageError({
          code: 'query_failed',
          message: cause instanceof Error ? cause.message : String(cause),
          hint: `${asked(argument)} "show all tables" lists what there is`,
          cause,
        })
      })
      if (options.output === 'json') printJson({ columns, rows })
      else {
        print(
          table(
            columns.map(({ name, type }) => ({ title: name, right: /INT|DOUBLE|FLOAT|DECIMAL/.test(type) })),
            rows.map((row) => columns.map(({ name }) => cell(row[name]))),
          ),
        )
        print(colors.dim(`${rows.length} ${rows.length === 1 ? 'row' : 'rows'}`))
      }
    })
}

async function martOf(argument: string | undefined): Promise<string> {
  if (argument?.endsWith('.duckdb')) {
    if (!existsSync(argument))
      throw new SillageError({
        code: 'mart_missing',
        message: `${argument} does not exist`,
        hint: 'run the pipeline first',
        exit: exitCode.usage,
      })
    return resolve(argument)
  }
  const opened = await openPipeline(argument, {})
  // What was published can be asked, whatever the file has come to since.
  const name = opened.pipeline?.name ?? headOf(opened.file).name
  const path = name === undefined ? undefined : martPathOf(opened.project.places, name)
  if (path !== undefined && existsSync(path)) return path
  if (!opened.pipeline) throw invalidInput(opened.diagnostics)
  throw new SillageError({
    code: 'mart_missing',
    message: 'This pipeline has published no mart yet',
    hint: `sillage run ${argument ?? ''}`.trim(),
  })
}

function asked(argument: string | undefined): string {
  return argument === undefined ? 'sillage query' : `sillage query ${argument}`
}

function statementMissing(argument: string | undefined): SillageError {
  return new SillageError({
    code: 'statement_missing',
    message: 'There is no SQL to run',
    hint: `${asked(argument)} "show all tables" lists what there is`,
  })
}
