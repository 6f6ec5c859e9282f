/** Runs a model plugin on a real DuckDB, until the test kit's conformance suite takes over. */
import { DuckDBInstance } from '@duckdb/node-api'
import {
  type Example,
  type ModelJson,
  type ModelPlugin,
  type NumericColumns,
  type Problem,
  sql,
} from '@sillage/sdk'
import { batchMaker } from '@sillage/testkit'

type Row = Readonly<Record<string, unknown>>

const make = batchMaker(new Set())

export interface ModelRun {
  readonly problems: readonly Problem[]
  readonly model: ModelJson
  /** Units with what was scored, by the first column. */
  readonly rows: readonly Row[]
}

/** Units, statistics, fit and scoring of one input, as an example gives it. */
export async function runModel<C>(
  plugin: ModelPlugin<C>,
  { with: config, inputs, asOf = '2014-05-23' }: Pick<Example, 'with' | 'inputs' | 'asOf'>,
): Promise<ModelRun> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const rowsOf = async (statement: unknown): Promise<readonly Row[]> =>
    (await connection.runAndReadAll(String(statement))).getRowObjectsJS()
  const { columns: types, rows: values } = inputs!.input!
  await connection.run(
    `create table input (${Object.entries(types)
      .map(([name, type]) => `${sql.id(name)} ${type}`)
      .join(', ')})`,
  )
  for (let at = 0; at < values.length; at += 5000) {
    const tuples = values
      .slice(at, at + 5000)
      .map((row) => `(${row.map((value) => sql.literal(value as string).text).join(', ')})`)
    await connection.run(`insert into input values ${tuples.join(', ')}`)
  }
  const columns = (await rowsOf('describe input')).map((row) => ({
    name: String(row.column_name),
    type: String(row.column_type),
  }))
  const facts = { config: config as C, columns, inputs: { input: columns }, asOf }
  const problems = plugin.check?.(facts) ?? []
  if (problems.length > 0) return { problems, model: {}, rows: [] }

  const relation = sql.id('input')
  const compiled = {
    ...facts,
    sql,
    input: relation,
    relations: { input: relation },
    expression: sql.trusted,
    asOfSql: sql.date(asOf),
    provenance: false,
    carries: false,
  }
  await connection.run(`create table units as ${plugin.units(compiled)}`)
  const { input: _, ...withoutInput } = compiled
  const model = JSON.parse(
    JSON.stringify(
      await plugin.fit({
        data: numeric(await rowsOf(plugin.statistics({ ...withoutInput, units: sql.id('units') }))),
        config: config as C,
        asOf,
      }),
    ),
  ) as ModelJson
  const units = await rowsOf('select * from units order by 1 nulls last')
  const read = plugin.reads({ config: config as C })
  const batch = make.batch(
    Object.fromEntries(
      read.map((name) => [
        name,
        typeof units.find((row) => row[name] !== null)?.[name] === 'bigint'
          ? make.integer(units.map((row) => row[name] as bigint | null))
          : make.double(units.map((row) => row[name] as number | null)),
      ]),
    ),
  )
  const scored = plugin.apply({ batch, model, config: config as C, make })
  const names = plugin.output({ config: config as C }).map(({ name }) => name)
  const rows = units.map(
    (row, index) =>
      Object.fromEntries([
        ...Object.entries(row).map(([name, value]) => [
          name,
          typeof value === 'bigint' ? Number(value) : value,
        ]),
        ...names.map((name) => [name, scored.getChild(name)!.get(index) as number | null]),
      ]) as Row,
  )
  connection.closeSync()
  instance.closeSync()
  return { problems, model, rows }
}

function numeric(rows: readonly Row[]): NumericColumns {
  return Object.fromEntries(
    Object.keys(rows[0] ?? { frequency: 0, recency: 0, age: 0, monetary: 0 }).map((name) => [
      name,
      Float64Array.from(rows, (row) => (row[name] === null ? Number.NaN : Number(row[name]))),
    ]),
  )
}
