import { formUnknown, type InboxRequest, isBrowserForm } from '@sillage/inbox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ServedForm } from '../host.ts'
import type { Services } from '../services.ts'
import { answers } from './documents.ts'
import { answer, failures } from './schemas.ts'

const bodyLimit = 2 ** 20
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
  { headers }: FastifyRequest,
  reply: FastifyReply,
  { form, ids }: { readonly form: ServedForm; readonly ids: readonly string[] },
): FastifyReply {
  reply.header('cache-control', 'no-store')
  if (!isBrowserForm(headers['content-type'] ?? ''))
    return reply.code(202).send({ accepted: ids.length, ids })
  return form.redirect === undefined
    ? reply.type('text/plain; charset=utf-8').send('Received. Thank you.\n')
    : reply.redirect(form.redirect, 303)
}

function schemaOf({ name, schema, secret }: ServedForm): object {
  const content = Object.fromEntries(mediaTypes.map((type) => [type, { schema }]))
  return {
    summary: `Takes what was entered into the form ${name}`,
    description:
      'One event, a list of them, or one a line; all of a request is kept, or nothing. It is on the disk when it is answered.',
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
      200: { description: 'Of a form of a browser that goes on nowhere: thanks, as text', type: 'string' },
      202: answer('How many events were accepted, and their names', answers.events),
      303: { description: 'Of a form of a browser: where it goes on', type: 'null' },
      ...failures(401, 404, 413, 415, 422, 507),
    },
  }
}
