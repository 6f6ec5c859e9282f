import { SillageError } from '@sillage/base'
import {
  defineSink,
  deliveryFailed,
  type Receipt,
  type Sql,
  type SqlFacts,
  type Static,
  sql,
  t,
} from '@sillage/sdk'
import { Webhook } from 'standardwebhooks'

const config = t.object({
  url: t.text({
    description: 'Where messages are posted. https, unless the host is this machine.',
    pattern: '^https?://',
  }),
  secret: t.optional(
    t.text({
      description:
        'Signing secret of Standard Webhooks (`whsec_…`), best as ${secret:name}. Without it messages are not signed.',
    }),
  ),
  event: t.optional(t.text({ description: 'The `type` of the message.', default: 'rows' })),
  where: t.optional(t.expression({ description: 'Only rows for which this holds are sent.' })),
  columns: t.optional(t.columns({ description: 'The columns that are sent; all unless said.' })),
  batch: t.optional(
    t.integer({ description: 'Rows in one message.', minimum: 1, maximum: 10_000, default: 100 }),
  ),
  headers: t.optional(t.map(t.text(), { description: 'Further headers; values may hold ${secret:name}.' })),
  timeout_seconds: t.optional(
    t.integer({ description: 'How long one attempt may take.', minimum: 1, maximum: 300, default: 15 }),
  ),
  attempts: t.optional(
    t.integer({
      description: 'Attempts of one message, the first counted.',
      minimum: 1,
      maximum: 20,
      default: 5,
    }),
  ),
  first_wait_seconds: t.optional(
    t.number({
      description: 'Wait before the second attempt; it doubles from attempt to attempt, up to 60 seconds.',
      minimum: 0,
      default: 1,
    }),
  ),
})
type Config = Static<typeof config>

const longestWaitMs = 60_000

export default defineSink<Config, Webhook | undefined>({
  name: 'activate/webhook',
  summary: 'Posts rows as signed JSON messages (Standard Webhooks), each payload once.',
  description: `
A message is \`{ "type", "timestamp", "data": { "pipeline", "stage", "as_of", "rows" } }\`. Its headers \`webhook-id\`,
\`webhook-timestamp\` and \`webhook-signature\` are those of the Standard Webhooks specification; \`webhook-id\` is the idempotency
key: the same rows always carry the same one, so a receiver that keeps the ids it saw does nothing twice. Decimals, and integers past
2^53, are text, so that no digit is lost; dates and times are ISO.

2xx is a delivery. No answer, 408, 425, 429 and 5xx are tried again with doubling waits (\`Retry-After\` is honoured); any other
answer is final. What arrived is recorded and never sent again; a run whose delivery failed exits 1 and keeps its marts.`,
  config,
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
  open: ({ config: options }) => (options.secret === undefined ? undefined : signer(options.secret)),
  retry: (options) => ({
    attempts: options.attempts ?? 5,
    firstWaitMs: (options.first_wait_seconds ?? 1) * 1000,
    longestWaitMs,
  }),
  write: async ({ rows, config: options, state, idempotencyKey, context }) => {
    const timestamp = new Date()
    const data = { pipeline: context.pipeline, stage: context.stage, as_of: context.asOf || null, rows }
    const body = JSON.stringify({ type: options.event ?? 'rows', timestamp: timestamp.toISOString(), data })
    const signed =
      state === undefined ? {} : { 'webhook-signature': state.sign(idempotencyKey, timestamp, body) }
    const headers = {
      'content-type': 'application/json',
      'webhook-id': idempotencyKey,
      'webhook-timestamp': String(Math.floor(timestamp.getTime() / 1000)),
      ...signed,
      ...options.headers,
    }
    const signal = AbortSignal.any([
      context.signal,
      AbortSignal.timeout((options.timeout_seconds ?? 15) * 1000),
    ])
    const response = await post({ url: options.url, headers, body, signal })
    return receipt(response, options.url, rows.length)
  },
})

/** The chosen rows in an order of all their columns, so that the same rows always make the same messages. */
function payload({ config: options, columns, input, expression }: SqlFacts<Config>): Sql {
  const names = (options.columns ?? columns.map((column) => column.name)).map((name) => sql.id(name))
  const list = sql.join(names)
  const where = options.where === undefined ? sql.empty : sql` where ${expression(options.where)}`
  return sql`select ${list} from ${input}${where} order by ${list}`
}

function signer(secret: string): Webhook {
  try {
    return new Webhook(secret)
  } catch {
    throw new SillageError({
      code: 'secret_invalid',
      message: 'The signing secret is not base64',
      hint: 'a Standard Webhooks secret reads whsec_ and then base64',
    })
  }
}

interface Post {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly signal: AbortSignal
}

async function post({ url, headers, body, signal }: Post): Promise<Response> {
  try {
    return await fetch(url, { method: 'POST', headers, body, signal, redirect: 'error' })
  } catch (cause) {
    const reason = signal.aborted ? 'no answer in time' : causeOf(cause)
    throw deliveryFailed({
      message: `${hostOf(url)} cannot be reached: ${reason}`,
      retryable: true,
      hint: 'check the address; what was not sent is sent by the next run',
      cause,
    })
  }
}

async function receipt(response: Response, url: string, rows: number): Promise<Receipt> {
  await response.body?.cancel()
  const { status } = response
  if (response.ok) return { destination: hostOf(url), rows, facts: { status } }
  const retryable = status === 408 || status === 425 || status === 429 || status >= 500
  const wait = Number(response.headers.get('retry-after'))
  throw new SillageError({
    code: 'delivery_failed',
    message: `${hostOf(url)} answered ${status}`,
    hint: retryable
      ? 'what was not sent is sent by the next run'
      : 'the receiver refuses this message: check url, headers and columns',
    retryable,
    facts: { status, ...(Number.isFinite(wait) && wait > 0 ? { retryAfterMs: wait * 1000 } : {}) },
  })
}

/** Scheme, host and path: a query may hold a token. */
function hostOf(url: string): string {
  const { origin, pathname } = new URL(url)
  return origin + pathname
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'the connection failed'
}
