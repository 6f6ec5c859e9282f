import { STATUS_CODES } from 'node:http'
import { Readable } from 'node:stream'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import swagger from '@fastify/swagger'
import { isSillageError, messageOf, SillageError } from '@sillage/base'
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import { guard } from './access/guard.ts'
import { isLocal } from './access/local.ts'
import { Tokens } from './access/tokens.ts'
import { problemOf, requestInvalid, requestTimeout, routeUnknown } from './failures.ts'
import type { Host, ServerOptions } from './host.ts'
import { tidyDocument } from './openapi.ts'
import { apiPageRoutes } from './routes/api-page.ts'
import { changeRoutes } from './routes/changes.ts'
import { collectRoutes } from './routes/collect.ts'
import { healthRoutes } from './routes/health.ts'
import { martRoutes } from './routes/marts.ts'
import { KnownMethods, methodRefused } from './routes/methods.ts'
import { pageRoutes } from './routes/page.ts'
import { pipelineRoutes } from './routes/pipelines.ts'
import { reportRoutes } from './routes/report.ts'
import { runRoutes } from './routes/runs.ts'
import { sessionRoutes } from './routes/session.ts'
import { Services } from './services.ts'

/** A server that listens. */
export interface RunningServer {
  readonly address: string
  /** Takes no more requests, ends streams, stops runs at their next safe point and waits for them. */
  close(): Promise<void>
  /** Ends runs that still go on, at once. */
  kill(): void
}

/** Starts the server. Throws `token_missing` where others could reach it without a token, `port_taken`, `address_unusable`. */
export async function startServer(host: Host, options: ServerOptions): Promise<RunningServer> {
  const tokens = new Tokens(options.tokens)
  if (tokens.none && !isLocal(options.host)) throw tokenMissing(options.host)
  const services = await Services.open(host, { atOnce: options.jobs })
  const app = await makeApp(services, tokens, options)
  let address: string
  try {
    address = await app.listen({ host: options.host, port: options.port })
    await services.schedules.start()
  } catch (cause) {
    await app.close()
    await Promise.all([services.close(), services.inbox?.close()])
    throw notListening(options, cause)
  }
  return {
    address,
    close: async () => {
      const ended = services.close()
      await app.close()
      await services.inbox?.close()
      await ended
    },
    kill: () => services.jobs.kill(),
  }
}

async function makeApp(services: Services, tokens: Tokens, options: ServerOptions): Promise<FastifyInstance> {
  const requestTimeout = options.requestTimeoutMs ?? 20_000
  const app = Fastify({
    bodyLimit: options.bodyBytes ?? 64 * 1024,
    requestTimeout,
    http: { headersTimeout: requestTimeout, connectionsCheckingInterval: Math.min(1000, requestTimeout) },
    forceCloseConnections: true,
    trustProxy: [...(services.host.inbox?.proxies ?? [])],
    routerOptions: { maxParamLength: 200 },
    ajv: { customOptions: { removeAdditional: false, coerceTypes: true, strict: false } },
    logger: false,
    exposeHeadRoutes: true,
    clientErrorHandler: (error, socket) => answerBroken(error as NodeJS.ErrnoException, socket),
    frameworkErrors: (error, _, reply) => void tellProblem(reply as FastifyReply, error),
  })
  app.removeContentTypeParser('text/plain')
  app.setErrorHandler((error, _, reply) => {
    const status = (error as { readonly statusCode?: number }).statusCode ?? 500
    if (!isSillageError(error) && status >= 500) services.host.say(`failed on a request: ${messageOf(error)}`)
    return tellProblem(reply, error, services)
  })
  app.addHook('onSend', async ({ method }, _, payload) =>
    method === 'HEAD' && payload instanceof Readable ? unread(payload) : payload,
  )
  const methods = new KnownMethods()
  methods.watch(app)
  app.setNotFoundHandler(({ method, url }, reply) => {
    const allowed = methods.others(method, url)
    if (allowed.length === 0) return tellProblem(reply, routeUnknown())
    return tellProblem(reply.header('allow', allowed.join(', ')), methodRefused(method, allowed))
  })
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    hsts: false,
    referrerPolicy: { policy: 'no-referrer' },
  })
  guard(app, tokens, options)
  allowOrigin(app, options.cors)
  await app.register(rateLimit, {
    max: options.rate ?? 1200,
    timeWindow: 60_000,
    errorResponseBuilder: (_, { ttl }) =>
      new SillageError({
        code: 'too_many_requests',
        message: 'Too many requests',
        hint: `wait ${Math.ceil(ttl / 1000)} seconds`,
        retryable: true,
      }),
  })
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Sillage',
        description:
          'Runs, plans, refused rows and marts of a project. A path that is asked by another method than these answers 405 and names them under Allow.',
        version: '1',
      },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }],
    },
    transformObject: (made) =>
      'openapiObject' in made
        ? (tidyDocument(made.openapiObject as never, isOptionalBody) as never)
        : made.swaggerObject,
  })
  // After this, for the plugins above see only the routes that come later.
  await app.register(async (routes) => {
    healthRoutes(routes, services)
    pipelineRoutes(routes, services)
    runRoutes(routes, services)
    martRoutes(routes, services)
    changeRoutes(routes, services)
    reportRoutes(routes, services)
    sessionRoutes(routes, tokens)
    apiPageRoutes(routes)
    await collectRoutes(routes, services)
  })
  await app.register(pageRoutes)
  await app.ready()
  return app
}

/** In place of a stream that nobody will read to its end. */
function unread(stream: Readable): Readable {
  stream.on('error', () => {})
  stream.destroy()
  return Readable.from([])
}

/** A run may be asked for without a word. */
function isOptionalBody(method: string, path: string): boolean {
  return method === 'post' && path.endsWith('/runs')
}

/** Of all origins only the one that was named may read, and it may ask beforehand. */
function allowOrigin(app: FastifyInstance, cors: string | undefined): void {
  if (cors === undefined) return
  app.addHook('onRequest', async ({ headers }, reply) => {
    reply.header('vary', 'Origin')
    if (headers.origin === cors)
      reply
        .header('access-control-allow-origin', cors)
        .header('access-control-expose-headers', 'location, sillage-masked, retry-after')
        .header('cross-origin-resource-policy', 'cross-origin')
  })
  app.options(
    '*',
    { config: { access: 'public', catchesRest: true }, schema: { hide: true } as object },
    async (_, reply) =>
      reply
        .code(204)
        .header('access-control-allow-methods', 'GET, POST')
        .header('access-control-allow-headers', 'authorization, content-type, last-event-id')
        .header('access-control-max-age', '600')
        .send(),
  )
}

function tellProblem(reply: FastifyReply, error: unknown, services?: Services): FastifyReply {
  const body = problemOf(error)
  if (body.status === 429 && !reply.hasHeader('retry-after')) reply.header('retry-after', '5')
  if (body.error.code === 'busy' || body.error.code === 'run_in_progress') reply.header('retry-after', '5')
  return reply
    .code(body.status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(JSON.stringify(services ? services.clean(body) : body))
}

/** What is no HTTP, or does not come to its end in time. */
function answerBroken({ code }: NodeJS.ErrnoException, socket: NodeJS.Socket): void {
  if (!socket.writable || code === 'ECONNRESET') return void socket.end()
  const late = code === 'ERR_HTTP_REQUEST_TIMEOUT' || code === 'HPE_HEADER_TIMEOUT'
  const status = late ? 408 : code === 'HPE_HEADER_OVERFLOW' ? 431 : 400
  const body = JSON.stringify(late ? requestTimeout() : requestInvalid(status))
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  )
}

function tokenMissing(host: string): SillageError {
  return new SillageError({
    code: 'token_missing',
    message: `Others can reach ${host}: the server starts there only with a token`,
    hint: 'set SILLAGE_TOKEN, or use --token-file; without a token leave out --host',
  })
}

function notListening({ host, port }: ServerOptions, cause: unknown): unknown {
  const { code } = cause as NodeJS.ErrnoException
  if (code === 'EADDRINUSE')
    return new SillageError({
      code: 'port_taken',
      message: `Something listens on ${host}:${port} already`,
      hint: 'choose another with --port; 0 takes any free port',
      cause,
    })
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EACCES')
    return new SillageError({
      code: 'address_unusable',
      message: `The server cannot listen on ${host}:${port} (${code})`,
      hint: 'use --host with an address of this machine, and --port from 1024',
      cause,
    })
  return cause
}
