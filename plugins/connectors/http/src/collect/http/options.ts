import { type CheckFacts, fields, type Problem, parsePath, type Static, t } from '@sillage/sdk'
import { addressPattern, checkAddress } from '../../address.ts'

export const httpOptions = t.object({
  url: t.text({
    pattern: addressPattern,
    description:
      'The address to GET, with the query that every page needs: a whole address, or a path such as `/orders` below the address of the connection.',
  }),
  records: t.optional(
    t.text({
      minLength: 1,
      default: '$',
      description: 'The path of the list of records in an answer, such as `$.data`.',
    }),
  ),
  columns: t.map(t.text({ minLength: 1 }), {
    minProperties: 1,
    'x-key-role': 'new-column',
    description:
      'The columns and their place in a record: a key, or a path such as `$.customer.email` or `$.lines[0].id`. All are text, with the digits as the server wrote them.',
  }),
  next: t.optional(
    t.text({
      minLength: 1,
      description:
        'How the next page is found: the path of its cursor, or of its address, in the answer, such as `$.next_cursor`, `$.data[-1].id` or `$.links.next`; `link` for the header `Link` with rel="next"; `page` for numbers; `offset` for how many records come before it. Without it there is one page.',
    }),
  ),
  parameter: t.optional(
    t.text({
      minLength: 1,
      description:
        'The query parameter that takes the cursor or the number; default `cursor`, `page` or `offset`.',
    }),
  ),
  first_page: t.optional(t.integer({ minimum: 0, default: 1, description: 'The number of the first page.' })),
  page_size: t.optional(
    t.integer({
      minimum: 1,
      description:
        'Number of records on a full page of the server: a page by number or offset with fewer is the last.',
    }),
  ),
  since: t.optional(
    t.object(
      {
        parameter: t.text({ minLength: 1, description: 'The query parameter.' }),
        column: t.text({ minLength: 1, description: 'The column whose greatest value it takes.' }),
        first: t.optional(
          t.text({ description: 'Its value in the first run; by default the parameter is omitted.' }),
        ),
      },
      {
        description:
          'For a server that can return what is newer than a time or a number. Without it a run resumes at the last page, whose records must keep their order.',
      },
    ),
  ),
  ...fields.http(),
  ...fields.retry({ of: 'page' }),
})

export type HttpOptions = Static<typeof httpOptions>

/** What a schema cannot say: paths that are none, and options that need another. */
export function checkHttpOptions({
  config,
  connection,
}: Pick<CheckFacts<HttpOptions>, 'config' | 'connection'>): readonly Problem[] {
  const { records = '$', columns, next, since } = config
  const paths: readonly (readonly [path: readonly string[], text: string])[] = [
    [['records'], records],
    ...Object.entries(columns).map(([name, text]) => [['columns', name], text] as const),
    ...(next?.startsWith('$') ? [[['next'], next] as const] : []),
  ]
  const problems: Problem[] = [
    ...checkAddress(config.url, connection),
    ...paths.flatMap(([path, text]) =>
      parsePath(text) ? [] : [problem(path, `${text} is no path`, 'write keys and places: $.data[0].id')],
    ),
  ]
  if (next !== undefined && !['link', 'page', 'offset'].includes(next) && !next.startsWith('$'))
    problems.push(
      problem(
        ['next'],
        `${next} says no way to the next page`,
        'write a path such as $.next, or link, or page, or offset',
      ),
    )
  if (since !== undefined && !Object.hasOwn(columns, since.column))
    problems.push(
      problem(
        ['since', 'column'],
        `${since.column} is no column`,
        `one of ${Object.keys(columns).join(', ')}`,
      ),
    )
  return problems
}

function problem(path: readonly string[], message: string, hint: string): Problem {
  return { path, code: 'http_option_invalid', message, hint }
}
