import {
  defineSource,
  httpClient,
  PageProgress,
  parsePath,
  retryBudget,
  textOf,
  valueAt,
  type Warning,
} from '@sillage/sdk'
import type { HttpConnection } from '../connection.ts'
import { ask } from './http/ask.ts'
import { checkHttpOptions, type HttpOptions, httpOptions } from './http/options.ts'
import { addressOf, behind, contentOf, freshOf, hasTextValues, type Position } from './http/position.ts'

export default defineSource<HttpOptions, HttpConnection>({
  name: 'collect/http',
  summary: 'Reads records of a JSON API page by page, from where the last run ended.',
  description: `
Each page and its cursor are one commit: after a kill the next run resumes there, and no page is read twice.
A run reads what is new since the last one. With \`since\` this is what is newer than the greatest value so far, compared as numbers, or as
instants for ISO dates or times (records that the server returns twice because they have exactly that value are taken once; older
ones are left out with a warning). Without it, this is what follows on the last page, whose records must keep their order, as in a
list that only grows. A record that changes later comes again only with \`since\` on a time of change: keep the last one with
\`clean/dedupe\`. Another \`url\`, \`columns\` or any other option, and \`--full-refresh\`, read from the beginning.

All columns are text, with the digits that the server wrote; an object or a list is JSON text; an absent value is null. \`clean/contract\` gives
them types and refuses records that do not fit, where a source could only stop.

Pages by number or offset end with one that is empty, short (\`page_size\`) or missing (404). The next page that an answer names may be a
cursor or an address. A page with the records of the previous one, or one that was already requested, stops the run, which would otherwise never
end.

No answer, 408, 425, 429 and 5xx are retried with doubling waits up to a minute (\`Retry-After\` is honoured up to that); any other
answer ends the run, and the marts stay. A redirect within the server is followed; one to another ends the run, since headers and secrets are sent
only to the configured server.`,
  config: httpOptions,
  connection: ['http'],
  check: checkHttpOptions,
  examples: [
    {
      title: 'Pages by a cursor in the answer',
      with: {
        url: 'https://api.example.org/orders?limit=2',
        records: '$.data',
        next: '$.next',
        columns: { id: 'id', email: '$.customer.email', amount: 'amount' },
      },
      serves: {
        '/orders?limit=2':
          '{"data": [{"id": 9007199254740993, "customer": {"email": "zoe@example.org"}, "amount": 12.50}, {"id": 2}], "next": "b"}',
        '/orders?limit=2&cursor=b': '{"data": [{"id": 3, "amount": "7"}], "next": null}',
      },
      rows: [
        { id: '9007199254740993', email: 'zoe@example.org', amount: '12.50' },
        { id: '2', email: null, amount: null },
        { id: '3', email: null, amount: '7' },
      ],
    },
    {
      title: 'Numbered pages of what changed since the last run',
      with: {
        url: 'https://api.example.org/contacts',
        next: 'page',
        page_size: 2,
        since: { parameter: 'changed_after', column: 'changed' },
        columns: { email: 'email', changed: 'updated_at' },
      },
      serves: {
        '/contacts?page=1':
          '[{"email": "zoe@example.org", "updated_at": "2026-01-05T10:00:00Z"}, {"email": "ann@example.org", "updated_at": "2026-01-06T08:30:00Z"}]',
        '/contacts?page=2': '[]',
      },
      rows: [
        { email: 'ann@example.org', changed: '2026-01-06T08:30:00Z' },
        { email: 'zoe@example.org', changed: '2026-01-05T10:00:00Z' },
      ],
    },
  ],
  columns: ({ config }) => Object.keys(config.columns).map((name) => ({ name, type: 'VARCHAR' })),
  retry: retryBudget,
  read: async function* ({ config: given, since, connection, context, make }) {
    const config = connection === undefined ? given : { ...given, url: connection.locate(given.url) }
    const columns = Object.entries(config.columns).map(([name, text]) => ({ name, path: parsePath(text)! }))
    let position = since === undefined ? {} : (JSON.parse(since) as Position)
    let told = since ?? '{}'
    const client = (connection?.client ?? httpClient)({
      signal: context.signal,
      headers: { accept: 'application/json', ...config.headers },
      timeoutSeconds: config.timeout_seconds,
    })
    const pages = new PageProgress(config.url)
    let older = 0
    let texts = false
    for (;;) {
      const url = addressOf(config, position)
      pages.ask(url)
      const answer = await ask(url, { client, config, mayEnd: mayEnd(config, position) })
      pages.take(contentOf(answer), answer.records.length)
      const { fresh, older: again } = freshOf(answer, position, config)
      older += again
      texts ||= hasTextValues(answer, config)
      const next = behind(answer, position, config)
      const cursor = JSON.stringify(next.position)
      if (fresh.length > 0 || (next.isLast && cursor !== told)) {
        const cells = columns.map(({ name, path }) => [
          name,
          make.text(fresh.map((record) => textOf(valueAt(record, path)))),
        ])
        yield { batch: make.batch(Object.fromEntries(cells)), cursor }
        told = cursor
      }
      if (next.isLast) break
      position = next.position
    }
    if (older > 0) context.warn(olderAgain(older))
    if (texts) context.warn(comparedAsText(config.since!.column))
  },
})

/** A page by number or offset may not exist, but for the very first. */
function mayEnd({ next }: HttpOptions, { page }: Position): boolean {
  return (next === 'page' || next === 'offset') && page !== undefined
}

function olderAgain(count: number): Warning {
  return {
    code: 'records_older_than_asked',
    message: 'records came that are older than what was asked for, and were left out as known',
    hint: 'the server may compare whole seconds only, or not know the parameter of since: look at its documentation',
    count,
  }
}

function comparedAsText(column: string): Warning {
  return {
    code: 'since_compared_as_text',
    message: `values of ${column} are neither numbers nor ISO dates or times: the greatest one was found by comparing texts`,
    hint: 'name a column of since whose values are, such as a time of change or a growing id',
  }
}
