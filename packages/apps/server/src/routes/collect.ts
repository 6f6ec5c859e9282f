import { messageOf } from '@sillage/base'
import { formUnknown, type InboxRequest, isBrowserForm } from '@sillage/inbox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { problemOf } from '../failures.ts'
import type { ServedForm } from '../host.ts'
import type { Services } from '../services.ts'
import { refusalPage, thanksPage } from '../visitor/answers.ts'
import { languageOf } from '../visitor/language.ts'
import { pagePolicy } from '../visitor/page.ts'
import { answers } from './documents.ts'
import { answer, failures } from './schemas.ts'

const bodyLimit = 2 ** 20
const text = { type: 'string' } as const
const mediaTypes = [
  'application/json',
  'application/x-ndjson',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
]

/** A route for each form of the project. Anyone may send, within what the form says; nothing can be read. */
export async function collectRoutes(app: FastifyInstance, services: Services): Promise<void> {
  const { inbox, host } = services
  if (!inbox || !host.inbox) return
  const { forms } = host.inbox
  const names = forms.map(({ name }) => name)
  await app.register(async (routes) => {
    routes.post<{ Params: { form: string } }>(
      '/collect/:form',
      {
        config: { access: 'public', origins: [], catchesRest: true },
        schema: { hide: true } as object,
        // Before the body is read.
        onRequest: async ({ params: { form } }) => {
          throw formUnknown(form, names)
        },
      },
      async () => undefined,
    )
    routes.removeAllContentTypeParsers()
    routes.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit }, (_, body, done) => done(null, body))
    // The inbox reads the body, of which this server knows no more than its bytes.
    routes.setValidatorCompiler(() => () => true)
    routes.setErrorHandler((error, request, reply) => {
      if (!isVisitor(request)) throw error
      const problem = problemOf(error)
      if (problem.error.code === 'internal') host.say(`failed on a request: ${messageOf(error)}`)
      const schema = forms.find(({ name }) => request.routeOptions.url === `/collect/${name}`)?.schema
      if (problem.status === 429 && !reply.hasHeader('retry-after')) reply.header('retry-after', '60')
      return showPage(
        reply.code(problem.status),
        refusalPage({ problem, schema, language: languageOf(request.headers['accept-language']) }),
      )
    })
    for (const form of forms) {
      beforehand(routes, form)
      routes.post(
        `/collect/${form.name}`,
        {
          config: {
            access: 'public',
            origins: form.origins,
            rateLimit: { max: form.rate, timeWindow: 60_000 },
          },
          schema: schemaOf(form),
          onRequest: async (request, reply) => allow(request, reply, form),
        },
        async (request, reply) => {
          const { ids } = await inbox.accept(form.name, requestOf(request))
          return tell(request, reply, { form, ids })
        },
      )
    }
  })
}

/** A page of an origin that may send asks first, where it sends what a form of a browser could not. */
function beforehand(routes: FastifyInstance, form: ServedForm): void {
  routes.options(
    `/collect/${form.name}`,
    {
      config: { access: 'public', origins: form.origins },
      schema: { hide: true } as object,
      onRequest: async (request, reply) => allow(request, reply, form),
    },
    async (_, reply) =>
      reply
        .code(204)
        .header('access-control-allow-methods', 'POST')
        .header('access-control-allow-headers', 'content-type, idempotency-key, sillage-signature')
        .header('access-control-max-age', '600')
        .send(),
  )
}

function allow({ headers: { origin } }: FastifyRequest, reply: FastifyReply, { origins }: ServedForm): void {
  reply.header('vary', 'Origin')
  if (origin === undefined || !origins.includes(origin)) return
  reply
    .header('access-control-allow-origin', origin)
    .header('access-control-expose-headers', 'retry-after')
    .header('cross-origin-resource-policy', 'cross-origin')
}

/** Someone who sent a form with a browser and now looks at the answer. */
function isVisitor({ headers }: FastifyRequest): boolean {
  return (
    isBrowserForm(headers['content-type'] ?? '') &&
    /\btext\/html\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i.test(headers.accept ?? '')
  )
}

function showPage(reply: FastifyReply, page: string): FastifyReply {
  return reply
    .header('cache-control', 'no-store')
    .header('content-security-policy', pagePolicy)
    .header('vary', 'Origin, Accept, Accept-Language')
    .type('text/html; charset=utf-8')
    .send(page)
}

function requestOf({ body, headers, ip }: FastifyRequest): InboxRequest {
  const { referer, 'user-agent': agent } = headers
  return {
    body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
    type: headers['content-type'] ?? '',
    idempotencyKey: one(headers['idempotency-key']),
    signature: one(headers['sillage-signature']),
    facts: {
      ip,
      ...(agent === undefined ? {} : { user_agent: agent }),
      ...(referer === undefined ? {} : { referer }),
    },
  }
}

function one(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'object' ? header.join(',') : header
}

function tell(
  request: FastifyRequest,
  reply: FastifyReply,
  { form, ids }: { readonly form: ServedForm; readonly ids: readonly string[] },
): FastifyReply {
  const { headers } = request
  reply.header('cache-control', 'no-store')
  if (!isBrowserForm(headers['content-type'] ?? ''))
    return reply.code(202).send({ accepted: ids.length, ids })
  if (form.redirect !== undefined) return reply.redirect(form.redirect, 303)
  return isVisitor(request)
    ? showPage(reply, thanksPage(languageOf(headers['accept-language'])))
    : reply.type('text/plain; charset=utf-8').send('Received. Thank you.\n')
}

function schemaOf({ name, schema, secret }: ServedForm): object {
  const content = Object.fromEntries(mediaTypes.map((type) => [type, { schema }]))
  return {
    summary: `Takes what was entered into the form ${name}`,
    description:
      'One event, a list of them, or one a line; all of a request is kept, or nothing. It is on the disk when it is answered. A form of a browser that takes text/html is answered with a page, in English or French, whatever the status.',
    security: [],
    headers: {
      type: 'object',
      properties: {
        'idempotency-key': { type: 'string', description: 'The same key within a day is kept once.' },
        ...(secret === undefined
          ? {}
          : {
              'sillage-signature': {
                type: 'string',
                description: 't=<seconds since 1970>,v1=<HMAC-SHA256 of "<t>.<body>">',
              },
            }),
      },
    },
    body: { content },
    response: {
      200: {
        description: 'Of a form of a browser that goes on nowhere: thanks',
        content: { 'text/html': { schema: text }, 'text/plain': { schema: text } },
      },
      202: answer('How many events were accepted, and their names', answers.events),
      303: { description: 'Of a form of a browser: where it goes on', type: 'null' },
      ...failures(401, 404, 413, 415, 422, 507),
    },
  }
}
