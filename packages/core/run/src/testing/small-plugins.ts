import { defineSource, defineSql, sql, t } from '@sillage/sdk'

/** Lines of text files, a row each: `n` is the whole number that the line is. Files that are new or grew are read from their old end on. */
export const linesPlugin = defineSource({
  name: 'collect/lines',
  summary: 'Lines of files.',
  config: t.object({ path: t.path() }),
  examples: [],
  scan: async ({ config, context }) => {
    const files = await context.files(config.path)
    const before = await context.previous()
    const read = (from: ReadonlyMap<string, number>, provenance: boolean) => {
      const rows = files.map(
        (file) =>
          sql`select filename as file, string_split(substr(content, ${(from.get(file) ?? 0) + 1}), chr(10)) as lines from read_text(${file})`,
      )
      const place = provenance ? sql`, file as _file, number as _line` : sql``
      return sql`select line::bigint as n${place} from (select file, unnest(lines) as line, unnest(range(1, len(lines) + 1)) as number from (${sql.join(rows, ' union all ')})) where line <> ''`
    }
    return {
      files,
      select: ({ provenance }: { readonly provenance: boolean }) => read(new Map(), provenance),
      ...(before === undefined
        ? {}
        : {
            appended: {
              select: ({ provenance }: { readonly provenance: boolean }) => read(before, provenance),
            },
          }),
    }
  },
})

/** Refuses numbers below a bound. */
export const atLeast = defineSql({
  name: 'clean/at-least',
  summary: 'Refuses small numbers.',
  config: t.object({ least: t.integer() }),
  rows: 'same',
  incremental: 'by_row',
  refuses: true,
  examples: [],
  sql: ({ config, input }) => ({
    select: sql`select n, case when n < ${config.least} then 1 else 0 end::bigint as _reject from ${input}`,
    rejects: [{ code: 'too_small', column: 'n', message: 'The number is too small' }],
  }),
})

/** Counts the numbers by their remainder. */
export const byRemainder = defineSql({
  name: 'score/by-remainder',
  summary: 'Counts by remainder.',
  config: t.object({ of: t.integer() }),
  rows: 'group',
  incremental: 'whole',
  examples: [],
  sql: ({ config, input }) =>
    sql`select n % ${config.of} as rest, count(*)::bigint as numbers, count(*)::bigint as _rows from ${input} group by all`,
})

/** Leaves the odd numbers out. */
export const evenOnly = defineSql({
  name: 'enrich/even',
  summary: 'Leaves the odd numbers out.',
  config: t.object({}),
  rows: 'filter',
  incremental: 'by_row',
  examples: [],
  sql: ({ input }) => sql`select n from ${input} where n % 2 = 0`,
})

/** Says that it keeps every row, and loses one. */
export const losesOne = defineSql({
  name: 'enrich/loses',
  summary: 'Loses a row.',
  config: t.object({}),
  rows: 'same',
  incremental: 'by_row',
  examples: [],
  sql: ({ input }) => ({
    select: sql`select n, 0::bigint as _reject from ${input} where n <> (select max(n) from ${input})`,
    rejects: [{ code: 'none', message: 'never' }],
  }),
})
