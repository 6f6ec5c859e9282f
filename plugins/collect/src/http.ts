import { defineSource } from '@sillage/sdk'
import { ask } from './http/ask.ts'
import { checkHttpOptions, httpOptions } from './http/options.ts'
import { addressOf, behind, freshOf, type Position } from './http/position.ts'
import { textOf } from './values/exact-json.ts'
import { parsePath, valueAt } from './values/json-path.ts'

export default defineSource({
  name: 'collect/http',
  summary: 'Reads records of a JSON API page by page, from where the last run ended.',
  description: `
Each page is one commit, together with the place behind it: a run that is killed goes on there, and no page that was read is read again.
A run asks for what came since. With \`since\` that is what is newer than the greatest value so far (records that the server gives twice
because they have exactly that value are taken once); without it, what follows on the last page: its records must keep their order, as in a
list that only grows. A record that changes later comes again only with \`since\` on a time of change: keep the last one with
\`clean/dedupe\`. Another \`url\`, \`columns\` or any other option, and \`--full-refresh\`, read from the beginning.

All columns are text, with the digits that the server wrote; an object or a list is JSON text; what is absent is null. Types are the matter
of \`clean/contract\`, which refuses a record that does not fit where a source could only stop.

No answer, 408, 425, 429 and 5xx are tried again with doubling waits up to a minute (\`Retry-After\` is honoured up to that); any other
answer ends the run, and the marts stay. Redirects are not followed.`,
  config: httpOptions,
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
  retry: (config) => ({ attempts: config.attempts ?? 5, firstWaitMs: 1000, longestWaitMs: 60_000 }),
  read: async function* ({ config, since, context, make }) {
    const columns = Object.entries(config.columns).map(([name, text]) => ({ name, path: parsePath(text)! }))
    let position = since === undefined ? {} : (JSON.parse(since) as Position)
    let told = since ?? '{}'
    for (;;) {
      const answer = await ask(addressOf(config, position), config, context)
      const records = freshOf(answer, position, config)
      const next = behind(answer, position, config)
      const cursor = JSON.stringify(next.position)
      if (records.length > 0 || (next.isLast && cursor !== told)) {
        const cells = columns.map(({ name, path }) => [
          name,
          make.text(records.map((record) => textOf(valueAt(record, path)))),
        ])
        yield { batch: make.batch(Object.fromEntries(cells)), cursor }
        told = cursor
      }
      if (next.isLast) return
      position = next.position
    }
  },
})
