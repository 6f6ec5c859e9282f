import {
  defineSource,
  type JsonPath,
  parseExactly,
  parsePath,
  sourceFailed,
  t,
  textOf,
  valueAt,
} from '@sillage/sdk'

const facts = ['id', 'at', 'key', 'request', 'ip', 'user_agent', 'referer'] as const

export default defineSource({
  name: 'collect/inbox',
  summary: 'Reads what the forms of `sillage serve` received, each record once.',
  description: `
A form of \`sillage.yaml\` takes sign-ups, answers and events at \`/collect/<form>\`; this source reads them from where the last run ended, also
while the server goes on taking more. A record that was answered for is read exactly once, whatever is killed in between.

All columns are text, with the digits that were sent; an object or a list is JSON text; what is absent is null. Types are the matter of
\`clean/contract\`. Another \`form\`, other \`columns\` and \`--full-refresh\` read from the beginning.

If nothing was ever received there are no rows, and the run says so.`,
  config: t.object({
    form: t.form({ description: 'The form, as sillage.yaml names it.' }),
    columns: t.map(t.text({ minLength: 1 }), {
      minProperties: 1,
      'x-key-role': 'new-column',
      description: 'The columns and their place in the record: a field, or a path such as `$.address.city`.',
    }),
    record: t.optional(
      t.map(t.oneOf(facts), {
        'x-key-role': 'new-column',
        description:
          'Columns with metadata of the record: its `id`, its time of arrival (`at`, UTC), its keys, and what the form keeps of the request.',
      }),
    ),
  }),
  check: ({ config: { columns, record = {} } }) => [
    ...Object.entries(columns).flatMap(([name, path]) =>
      parsePath(path) === undefined
        ? [
            {
              path: ['columns', name],
              code: 'path_invalid',
              message: `"${path}" is no path`,
              hint: 'a field, or a path such as $.address.city or $.answers[0]',
            },
          ]
        : [],
    ),
    ...Object.keys(record).flatMap((name) =>
      Object.hasOwn(columns, name)
        ? [
            {
              path: ['record', name],
              code: 'column_taken',
              message: `"${name}" is one of columns already`,
              hint: 'name each column once',
            },
          ]
        : [],
    ),
  ],
  examples: [
    {
      title: 'Sign-ups for a newsletter',
      with: {
        form: 'newsletter',
        columns: { email: 'email', city: '$.address.city', consent: 'consent' },
        record: { entry: 'id', received_at: 'at' },
      },
      received: {
        newsletter: `{"id":"01a0","at":"2026-01-05T10:00:00.000Z","form":"newsletter","body":{"email":"zoe@example.org","address":{"city":"Lyon"},"consent":true}}
{"id":"01a1","at":"2026-01-05T10:00:02.000Z","form":"newsletter","body":{"email":"ann@example.org"}}
`,
      },
      rows: [
        {
          email: 'ann@example.org',
          city: null,
          consent: null,
          entry: '01a1',
          received_at: '2026-01-05T10:00:02.000Z',
        },
        {
          email: 'zoe@example.org',
          city: 'Lyon',
          consent: 'true',
          entry: '01a0',
          received_at: '2026-01-05T10:00:00.000Z',
        },
      ],
    },
  ],
  columns: ({ config: { columns, record = {} } }) =>
    [...Object.keys(columns), ...Object.keys(record)].map((name) => ({ name, type: 'VARCHAR' })),
  read: async function* ({ config: { form, columns, record = {} }, since, context, make }) {
    const paths: readonly (readonly [name: string, path: JsonPath])[] = [
      ...Object.entries(columns).map(([name, text]) => [name, ['body', ...parsePath(text)!]] as const),
      ...Object.entries(record).map(([name, fact]) => [name, [fact]] as const),
    ]
    let came = since !== undefined
    for await (const { records, cursor } of context.received(form, since)) {
      came = true
      const values = records.map((line) => recordOf(line, form))
      const cells = paths.map(([name, path]) => [
        name,
        make.text(values.map((value) => textOf(valueAt(value, path)))),
      ])
      yield { batch: make.batch(Object.fromEntries(cells)), cursor }
    }
    if (!came)
      context.note(
        `nothing was received for the form ${form} yet: declare it in sillage.yaml, then sillage serve`,
      )
  },
})

function recordOf(line: string, form: string): unknown {
  try {
    return parseExactly(line)
  } catch (cause) {
    throw sourceFailed({
      code: 'inbox_damaged',
      message: `A record of the form ${form} is damaged`,
      hint: 'bring state/inbox back from your backup',
      cause,
    })
  }
}
