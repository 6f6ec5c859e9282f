import { type ProgramResult, type Sql, sql } from '@sillage/sdk'
import { batchMaker } from '../batch-maker.ts'
import { badOutput } from '../fault.ts'
import { loadProgram } from '../loaded-plugin.ts'
import type { ProgramTask } from '../task.ts'
import { askedHost } from './asked-tables.ts'
import type { ProgramStatements } from './port.ts'

/** Runs a program in the thread that calls. Throws what the plugin throws, and a fault where it gives no statement. */
export async function runProgram(task: ProgramTask): Promise<ProgramStatements> {
  const { port, config, columns, expressions } = task
  await using host = askedHost(port, task.schema)
  const plugin = await loadProgram(task)
  const result = await plugin.run({
    inputs: mapped(task.relations, (text) => sql.trusted(text)),
    columns,
    config,
    tables: host.tables,
    sql,
    expression: (text) => {
      const known = expressions[text]
      if (known === undefined) throw new TypeError('no option of the role expression has this text')
      return sql.trusted(known)
    },
    get asOf(): string {
      if (task.asOf === undefined) throw new TypeError('asOf is there for plugins that say readsAsOf: true')
      return task.asOf
    },
    make: batchMaker(new Set()),
    note: host.note,
  })
  return statementsOf(result)
}

function statementsOf(result: ProgramResult | Sql | undefined): ProgramStatements {
  if (result === undefined) throw badOutput('run gave no select')
  const { select, outputs = {} } = 'select' in result ? result : { select: result }
  return { select: select.text, outputs: mapped(outputs, ({ text }) => text) }
}

function mapped<A, B>(values: Readonly<Record<string, A>>, to: (value: A) => B): Readonly<Record<string, B>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, to(value)]))
}
