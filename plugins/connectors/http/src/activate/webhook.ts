import { SillageError } from '@sillage/base'
import {
  type CheckFacts,
  defineSink,
  deliveryFailed,
  type MessageFacts,
  type PayloadFacts,
  type Problem,
  type Receipt,
  type Sql,
  type Static,
  sql,
  t,
  totalOrder,
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
  destination: (options) => options.url,
  message,
  open: ({ config: options }) => (options.secret === undefined ? undefined : signer(options.secret)),
  retry: (options) => ({
    attempts: options.attempts ?? 5,
    firstWaitMs: (options.first_wait_seconds ?? 1) * 1000,
    longestWaitMs,
  }),
  write: async ({ body, config: options, state, idempotencyKey, context }) => {
    const timestamp = new Date()
    const signed =
      state === undefined ? {} : { 'webhook-signature': state.sign(idempotencyKey, timestamp, body) }
    const headers = {
      'content-type': 'application/json',
      'webhook-id': idempotencyKey,
      'webhook-timestamp': String(Math.floor(timestamp.getTime() / 1000)),
      ...signed,
      ...options.headers,
    }
    using deadline = within((options.timeout_seconds ?? 15) * 1000, context.signal)
    const response = await post({ url: options.url, headers, body, signal: deadline.signal })
    return await receipt(response, options.url)
  },
})

/** A secret that is written as `${secret:x}` is looked at as the run begins. */
function check({ config: { secret } }: CheckFacts<Config>): readonly Problem[] {
  if (secret === undefined || secret.includes('${secret:') || isSigningSecret(secret)) return []
  return [{ path: ['secret'], ...notSigning }]
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

/**
 * A signal that ends with the run, or once the time is over, until it is disposed of. `AbortSignal.timeout` would hold on to each message
 * until its time is over, whether it was answered or not.
 */
function within(ms: number, run: AbortSignal): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController()
  const end = (): void => controller.abort(run.reason)
  const timer = setTimeout(() => controller.abort(new Error('no answer in time')), ms)
  if (run.aborted) end()
  run.addEventListener('abort', end, { once: true })
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      clearTimeout(timer)
      run.removeEventListener('abort', end)
    },
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
    if (reason === 'redirected')
      throw deliveryFailed({
        message: `${hostOf(url)} sends messages on to another address`,
        retryable: false,
        hint: 'write the final address in url',
        cause,
      })
    throw deliveryFailed({
      message: `${hostOf(url)} cannot be reached: ${reason}`,
      retryable: true,
      hint: 'check the address; what was not sent is sent by the next run',
      cause,
    })
  }
}

async function receipt(response: Response, url: string): Promise<Receipt> {
  await response.body?.cancel()
  const { status } = response
  if (response.ok) return { destination: hostOf(url), facts: { status } }
  const retryable = status === 408 || status === 425 || status === 429 || status >= 500
  const wait = waitAsked(response.headers.get('retry-after'))
  throw new SillageError({
    code: 'delivery_failed',
    message: `${hostOf(url)} answered ${status}`,
    hint: retryable
      ? 'what was not sent is sent by the next run'
      : 'the receiver refuses this message: check url, headers and columns',
    retryable,
    facts: { status, ...(wait > 0 ? { retryAfterMs: wait } : {}) },
  })
}

/** Milliseconds of a `Retry-After`, which says seconds or a date; 0 where it says neither. */
function waitAsked(text: string | null): number {
  if (text === null) return 0
  const seconds = Number(text)
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000)
  const date = Date.parse(text)
  return Number.isNaN(date) ? 0 : Math.max(0, date - Date.now())
}

/** Scheme, host and path: a query may hold a token. */
function hostOf(url: string): string {
  const { origin, pathname } = new URL(url)
  return origin + pathname
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  if (cause instanceof Error && /redirect/i.test(cause.message)) return 'redirected'
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'the connection failed'
}
