import { SillageError } from '@sillage/base'
import {
  asDelivery,
  type CheckFacts,
  defineSink,
  fields,
  httpClient,
  type MessageFacts,
  mergedHeaders,
  type PayloadFacts,
  type Problem,
  retryBudget,
  type Sql,
  type Static,
  sql,
  t,
  totalOrder,
} from '@sillage/sdk'
import { Webhook } from 'standardwebhooks'
import { addressOf, addressPattern, checkAddress } from '../address.ts'
import type { HttpConnection } from '../connection.ts'

const config = t.object({
  url: t.text({
    description:
      'Where messages are posted: a whole address, or a path such as `/leads` below the address of the connection. https, unless the host is this machine.',
    pattern: addressPattern,
  }),
  secret: t.optional(
    t.text({
      description:
        'Signing secret of Standard Webhooks (`whsec_…`), preferably as ${secret:name}. Without it messages are not signed.',
    }),
  ),
  event: t.optional(t.text({ description: 'The `type` of the message.', default: 'rows' })),
  where: t.optional(t.expression({ description: 'Only rows for which this is true are sent.' })),
  columns: t.optional(t.columns({ description: 'The columns that are sent; default: all.' })),
  ...fields.batch(),
  ...fields.http({ timeout: 15, longest: 300 }),
  ...fields.retry({ of: 'message' }),
  ...fields.wait(),
})
type Config = Static<typeof config>

export default defineSink<Config, Webhook | undefined, HttpConnection>({
  name: 'activate/webhook',
  summary: 'Posts new and changed rows as signed JSON messages (Standard Webhooks), each message once.',
  description: `
A message is \`{ "type", "timestamp", "data": { "pipeline", "stage", "as_of", "rows" } }\`; with \`mode: mirror\` also \`data.removed\`, the keys
that are gone. Its headers \`webhook-id\`, \`webhook-timestamp\` (of the attempt) and \`webhook-signature\` are those of the Standard
Webhooks specification; \`webhook-id\` is the idempotency key: until a message is accepted it goes again as the same bytes under the same
id, so a receiver that keeps the ids it saw does nothing twice. Decimals, and integers past 2^53, are text, so that no digit is lost;
dates and times are ISO.

2xx is a delivery. No answer, 408, 425, 429 and 5xx are tried again with doubling waits (\`Retry-After\` is honoured, in seconds or as a
date); after any other answer the message is given up, and its rows are due again in the next run. A run whose delivery failed exits 1 and
keeps its marts.`,
  config,
  connection: ['http'],
  check,
  examples: [
    {
      title: 'Hot leads to a CRM, ten at a time',
      with: {
        url: 'http://127.0.0.1:9/leads',
        where: 'score > 1000',
        columns: ['email', 'score'],
        batch: 10,
        attempts: 1,
      },
      inputs: { input: { columns: { email: 'varchar', score: 'integer' }, rows: [['zoe@example.org', 80]] } },
    },
  ],
  payload,
  size: (options) => options.batch ?? 100,
  destination: (options, connection) => addressOf(options.url, connection),
  message,
  open: ({ config: options }) => (options.secret === undefined ? undefined : signer(options.secret)),
  retry: retryBudget,
  write: async ({ body, config: options, connection, state, idempotencyKey, context }) => {
    const timestamp = new Date()
    const signed =
      state === undefined ? {} : { 'webhook-signature': state.sign(idempotencyKey, timestamp, body) }
    const client = (connection?.client ?? httpClient)({
      signal: context.signal,
      timeoutSeconds: options.timeout_seconds ?? 15,
      failed: asDelivery,
    })
    const { url, status } = await client.send({
      url: connection?.locate(options.url) ?? options.url,
      method: 'POST',
      headers: mergedHeaders(
        {
          'content-type': 'application/json',
          'webhook-id': idempotencyKey,
          'webhook-timestamp': String(Math.floor(timestamp.getTime() / 1000)),
          ...signed,
        },
        options.headers,
      ),
      body,
      reads: false,
    })
    return { destination: url.origin + url.pathname, facts: { status } }
  },
})

/** A secret that is written as `${secret:x}` is looked at as the run begins. */
function check({ config: { url, secret }, connection }: CheckFacts<Config>): readonly Problem[] {
  const problems = checkAddress(url, connection)
  if (secret === undefined || secret.includes('${secret:') || isSigningSecret(secret)) return problems
  return [...problems, { path: ['secret'], ...notSigning }]
}

/** `whsec_` and then base64 (Standard Webhooks, Signature scheme). */
function isSigningSecret(text: string): boolean {
  const base64 = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text)?.[1]
  if (base64 === undefined) return false
  const plain = base64.replace(/=+$/, '')
  return Buffer.from(base64, 'base64').toString('base64').replace(/=+$/, '') === plain
}

const notSigning = {
  code: 'secret_invalid',
  message: 'The signing secret is not whsec_ and then base64',
  hint: 'make one: echo whsec_$(openssl rand -base64 32)',
} as const

/** The chosen rows in an order of all their columns, so that the same rows always make the same messages. */
function payload({ config: options, columns, input, expression, key }: PayloadFacts<Config>): Sql {
  const names = options.columns ?? columns.map((column) => column.name)
  const list = sql.join(names.map((name) => sql.id(name)))
  const where = options.where === undefined ? sql.empty : sql` where ${expression(options.where)}`
  return sql`select ${list} from ${input}${where} order by ${totalOrder(names, { key })}`
}

/** The bytes of a message, but for its headers. */
function message({
  config: options,
  rows,
  removed,
  timestamp,
  pipeline,
  stage,
  asOf,
}: MessageFacts<Config>): Sql {
  const about = { pipeline, stage, as_of: asOf || null }
  const head = JSON.stringify({ type: options.event ?? 'rows', timestamp, data: about }).slice(0, -2)
  const gone = removed === undefined ? sql.empty : sql` || ',"removed":' || ${removed}`
  return sql`${`${head},"rows":`} || ${rows}${gone} || '}}'`
}

function signer(secret: string): Webhook {
  if (!isSigningSecret(secret)) throw new SillageError(notSigning)
  return new Webhook(secret)
}
