import type { Column, Session } from '@sillage/sql'
import type { Command } from 'commander'
import { print, printJson } from '../output.ts'
import { cell, count, onOneLine } from '../terminal/format.ts'
import { table } from '../terminal/table.ts'
import { openPipeline } from '../workspace.ts'
import type { CommonOptions } from './options.ts'

interface ProfileOptions extends CommonOptions {
  readonly pipeline?: string
}

interface ColumnProfile {
  readonly name: string
  readonly type: string
  readonly rows: number
  readonly nulls: number
  readonly distinct: number
  readonly min: unknown
  readonly max: unknown
  /** Counts of ten equal ranges between min and max, for numbers and dates; else of the five commonest values. */
  readonly histogram: readonly { readonly from: string; readonly rows: number }[]
}

const bars = '▁▂▃▄▅▆▇█'

export function registerProfile(program: Command): void {
  program
    .command('profile')
    .description('profile a stage: types, nulls, distinct values, extremes, histograms')
    .argument('<stage>', 'a stage, a further output or reject.<stage>')
    .option('-p, --pipeline <pipeline>', 'a file, a folder or a name')
    .addHelpText('after', '\nExamples:\n  sillage profile customers -p retail-loyalty')
    .action(async (stage: string, options: ProfileOptions) => {
      const { sql } = await import('@sillage/sql')
      const { findRelation, withWorking } = await import('../working.ts')
      const opened = await openPipeline(options.pipeline, {})
      const columns = await withWorking(opened, async (kept) => {
        const relation = await findRelation(kept, stage)
        return profile(kept.session, sql.id(relation.schema, relation.name).text, (name) => sql.id(name).text)
      })
      if (options.output === 'json') return printJson({ stage, columns })
      print(
        table(
          [
            { title: 'column' },
            { title: 'type' },
            { title: 'nulls', right: true },
            { title: 'distinct', right: true },
            { title: 'min' },
            { title: 'max' },
            { title: 'distribution' },
          ],
          columns.map((column) => [
            onOneLine(column.name),
            column.type,
            share(column.nulls, column.rows),
            count(column.distinct),
            cell(column.min),
            cell(column.max),
            drawing(column),
          ]),
        ),
      )
      print(`${count(columns[0]?.rows ?? 0)} rows`)
    })
}

async function profile(
  session: Session,
  relation: string,
  id: (name: string) => string,
): Promise<readonly ColumnProfile[]> {
  const { columns } = await session.table(`select * from ${relation} limit 0`)
  const profiles: ColumnProfile[] = []
  for (const column of columns.filter(({ name }) => !name.startsWith('_'))) {
    const name = id(column.name)
    const nested = /\[\]|STRUCT|MAP/.test(column.type)
    const extremes = nested ? 'null as min, null as max' : `min(${name}) as min, max(${name}) as max`
    const row = await session.row(
      `select count(*) as rows, count(*) - count(${name}) as nulls, count(distinct ${name}) as "distinct", ${extremes} from ${relation}`,
    )
    const histogram = await session.rows<{ from: string; rows: number }>(
      isRange(column)
        ? ranges(relation, name)
        : `select ${name}::varchar as "from", count(*) as rows from ${relation} where ${name} is not null group by all order by 2 desc, 1 limit 5`,
    )
    profiles.push({
      ...column,
      rows: Number(row.rows),
      nulls: Number(row.nulls),
      distinct: Number(row.distinct),
      min: row.min,
      max: row.max,
      histogram,
    })
  }
  return profiles
}

function isRange({ type }: Column): boolean {
  return /INT|DOUBLE|FLOAT|DECIMAL|^DATE$|TIMESTAMP/.test(type)
}

/** Ten equal ranges, empty ones too. */
function ranges(relation: string, name: string): string {
  const number = `case when typeof(${name}) in ('DATE') or typeof(${name}) like 'TIMESTAMP%' then epoch(${name}::varchar::timestamp) else try_cast(${name}::varchar as double) end`
  return `
    with n as (select ${number} as v from ${relation} where ${name} is not null),
    b as (select min(v) as low, max(v) as high from n),
    c as (select least(9, floor((v - low) / nullif(high - low, 0) * 10))::int as i, count(*) as rows from n, b group by 1)
    select r.i::varchar as "from", coalesce(sum(c.rows), 0)::bigint as rows from range(10) r(i) left join c on coalesce(c.i, 0) = r.i group by r.i order by r.i`
}

function drawing({ histogram, type, name }: ColumnProfile): string {
  if (!isRange({ name, type }))
    return histogram
      .slice(0, 3)
      .map(({ from, rows }) => `${cell(from)} ${count(rows)}`)
      .join(', ')
  const most = Math.max(1, ...histogram.map(({ rows }) => rows))
  return histogram
    .map(({ rows }) => (rows === 0 ? ' ' : bars[Math.min(7, Math.floor((rows / most) * 7.999))]!))
    .join('')
}

function share(part: number, whole: number): string {
  return part === 0 ? '0' : `${count(part)} (${((part / whole) * 100).toFixed(1)} %)`
}
