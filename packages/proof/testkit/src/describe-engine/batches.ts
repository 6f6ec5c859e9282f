import { Database } from '@sillage/duckdb'
import type { JsonRow } from '@sillage/sql'
import type { Engine } from '@sillage/steps'
import { describe, expect, it } from 'vitest'
import { EngineProject, type Left } from './engine-project.ts'

type Does = 'same' | 'filter' | 'merge' | 'group' | 'expand'

const first = 'partition by "by" order by _at'

/** What each does to the rows, as one statement over `lines` and `factors` says it; `_at` is where a row stands in its file. */
const twins: Readonly<Record<Does, { readonly rows: string; readonly left?: string }>> = {
  same: { rows: 'select id, "by", factor, 0 as part from known where id >= 0' },
  filter: {
    rows: 'select id, "by", factor, 0 as part from known where id >= 20',
    left: 'select id, null as "of" from known where id < 20',
  },
  merge: {
    rows: `select id, "by", factor, 0 as part from known qualify row_number() over (${first}) = 1`,
    left: `select id, first_value(id) over (${first}) as "of" from known qualify row_number() over (${first}) > 1`,
  },
  group: {
    rows: 'select "by", any_value(factor) as factor, sum(id) as part from known group by "by"',
  },
  expand: {
    rows: 'select id, "by", factor, unnest(range(abs(id) % 4)) as part from known',
    left: 'select id, null as "of" from known where id % 4 = 0',
  },
}

const known = `
  with known as (
    select l.id, l."by", l._at, (select sum(f.factor) from factors f where f."by" = l."by" having count(*) > 0) as factor
    from lines l
  )`

/** Lines whose keys stand apart from each other; some have none. */
function lines(from: number, to: number): string {
  return Array.from({ length: to - from }, (_, index) => {
    const id = from + index
    const by = (id * 7) % 13
    return `${id % 10 === 3 ? -id : id},${by === 12 ? '' : `k${by}`}\n`
  }).join('')
}

const factors = 'by,factor\nk1,1\nk2,2\nk3,3\nk3,25\n'
const more = 'by,factor\nk1,10\nk9,9\n'

function pipeline(does: Does): string {
  const file = (path: string, with_ = {}): object => ({ uses: 'collect/csv', with: { path, ...with_ } })
  return JSON.stringify({
    pipeline: 'batches',
    as_of: '2026-01-01',
    stages: {
      lines: file('lines/*.csv'),
      factors: file('factors.csv'),
      more: file('more.csv'),
      made: {
        uses: 'enrich/batches',
        from: { input: 'lines', factors: 'factors', others: 'more' },
        with: { does, id: 'id', least: 20, batch_rows: 7 },
      },
      left: { uses: 'enrich/derive', from: 'made.left_out', with: { columns: { twice: 'id * 2' } } },
    },
  })
}

/** What DuckDB makes of the same rows in one statement. */
async function twin(select: string, csv: string): Promise<readonly JsonRow[]> {
  await using database = await Database.open({ path: ':memory:', threads: 1 })
  using session = await database.session()
  await session.run(`create table lines as ${valuesOf(csv, '(id, "by")')}`)
  await session.run(
    `create table factors as ${valuesOf(factors + more.replace(/^.*\n/, ''), '("by", factor)')}`,
  )
  return await session.rows(
    `${known.replace('from lines l', 'from (select id::bigint as id, "by", rowid as _at from lines) l')} ${select}`,
  )
}

function valuesOf(csv: string, columns: string): string {
  const [, ...rows] = csv.trimEnd().split('\n')
  const cell = (text: string): string =>
    text === '' ? 'null' : /^-?[0-9.]+$/.test(text) ? text : `'${text}'`
  return `from (values ${rows.map((row) => `(${row.split(',').map(cell).join(', ')})`).join(', ')}) as read${columns}`
}

/** Steps in workers give what one statement would, however the engine cuts their rows into batches and parts. */
export function describeBatches(engine: Engine): void {
  describe('batches', () => {
    it.each(Object.keys(twins) as Does[])('%s: as one statement, with what grew since', async (does) => {
      const header = 'id,by\n'
      using project = new EngineProject(engine, {
        'pipeline.yaml': pipeline(does),
        'lines/a.csv': header + lines(0, 60),
        'factors.csv': factors,
        'more.csv': more,
      })
      expect((await project.run()).error).toBeUndefined()
      project.write('lines/b.csv', header + lines(60, 90))
      const run = await project.run()
      expect(run.error).toBeUndefined()
      const found = await project.left()
      await expectTwin(does, { found, csv: header + lines(0, 90) })
      expect(found.counts.made).toEqual(countsOf(does, found))
    })

    it('a step that reads nothing beside its rows, and none of them', async () => {
      const stages = {
        lines: { uses: 'collect/csv', with: { path: 'lines.csv', all_text: true } },
        cast: {
          uses: 'clean/contract',
          from: 'lines',
          with: { columns: { id: { type: 'integer' }, by: { type: 'text' } } },
        },
        made: { uses: 'enrich/batches', from: 'cast', with: { does: 'group', id: 'id' } },
      }
      using project = new EngineProject(engine, {
        'pipeline.yaml': JSON.stringify({ pipeline: 'none', as_of: '2026-01-01', stages }),
        'lines.csv': 'id,by\n',
      })
      expect((await project.run()).error).toBeUndefined()
      const { rows, counts } = await project.left()
      expect(rows.made).toEqual([])
      expect(counts.made).toEqual({ rows_in: 0, rows_out: 0, rejected: 0, merged: 0, filtered: 0 })
    })
  })
}

async function expectTwin(
  does: Does,
  { found, csv }: { readonly found: Left; readonly csv: string },
): Promise<void> {
  const { rows, left } = twins[does]
  const shown = (all: readonly JsonRow[] = []): readonly string[] => all.map((row) => canonical(row)).sort()
  expect(shown(found.rows.made)).toEqual(shown(await twin(rows, csv)))
  const others = left === undefined ? [] : await twin(left, csv)
  expect(shown(found.rows.left)).toEqual(shown(others.map((row) => ({ ...row, twice: Number(row.id) * 2 }))))
}

function canonical(row: JsonRow): string {
  return JSON.stringify(
    Object.entries(row)
      .map(([name, value]) => [name, value === null ? null : String(value)])
      .sort(),
  )
}

function countsOf(does: Does, { rows, refused }: Left): object {
  const rows_out = rows.made!.length
  const gone = 90 - rows_out
  const nothing = { rows_in: 90, rows_out, rejected: 0, merged: 0, filtered: 0 }
  switch (does) {
    case 'same':
      expect(refused.made).toHaveLength(gone)
      return { ...nothing, rejected: gone }
    case 'filter':
      return { ...nothing, filtered: gone }
    case 'merge':
    case 'group':
      return { ...nothing, merged: gone }
    case 'expand':
      return nothing
  }
}
