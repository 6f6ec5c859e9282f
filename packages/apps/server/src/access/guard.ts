import { SillageError } from '@sillage/base'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { forbidden } from '../failures.ts'
import type { Role, ServerOptions } from '../host.ts'
import { Guesses } from './guesses.ts'
import { isLocal } from './local.ts'
import type { Tokens } from './tokens.ts'

declare module 'fastify' {
  interface FastifyRequest {
    role: Role
  }
  interface FastifyContextConfig {
    /** Who may ask; `public` needs no token. */
    access?: 'public' | Role
    /** Whose pages may send here, by whatever name they call this server; also who sends without being a page. */
    origins?: readonly string[]
  }
}

/** Before anything else of a request: where it comes from, and what its token allows. */
export function guard(app: FastifyInstance, tokens: Tokens, { host, cors }: ServerOptions): void {
  const guesses = new Guesses()
  app.decorateRequest('role', 'read')
  app.addHook('onRequest', async (request, reply) => {
    const { access = 'read', origins } = request.routeOptions.config
    if (origins !== undefined) assertSender(request, origins)
    else {
      if (tokens.none && isLocal(host)) assertLocalName(request)
      assertOrigin(request, cors)
    }
    if (access === 'public' || request.is404) return
    const role = tokens.roleOf(request.headers.authorization)
    if (role === undefined) {
      if (request.headers.authorization !== undefined) {
        const waitMs = guesses.note(request.ip)
        if (waitMs > 0) {
          reply.header('retry-after', String(Math.ceil(waitMs / 1000)))
          throw tooManyGuesses()
        }
      }
      reply.header('www-authenticate', 'Bearer realm="sillage"')
      throw new SillageError({
        code: 'unauthorised',
        message: 'A token is missing or wrong',
        hint: 'send authorization: Bearer <token>',
      })
    }
    request.role = role
    if (access === 'operate' && role !== 'operate') throw forbidden('This')
  })
}

/** A page elsewhere may give a name of its own the address of this machine; its requests bear that name. */
function assertLocalName({ headers }: FastifyRequest): void {
  if (isLocal((headers.host ?? '').replace(/:\d+$/, ''))) return
  throw new SillageError({
    code: 'host_refused',
    message: 'Without a token the server answers to localhost only',
    hint: 'open it as 127.0.0.1 or localhost, or start it with a token',
  })
}

/** A page of another origin may send, though not read: what it sends is refused. */
function assertOrigin({ headers }: FastifyRequest, cors: string | undefined): void {
  const { origin } = headers
  if (origin === undefined || origin === cors) return
  if (URL.canParse(origin) && new URL(origin).host === headers.host) return
  throw new SillageError({
    code: 'origin_refused',
    message: 'Pages of other origins may not call',
    hint: 'name the origin by sillage serve --cors',
  })
}

/** A route that takes from pages elsewhere: those that were named, and those of this server where it is called by a name of this machine. */
function assertSender({ headers }: FastifyRequest, origins: readonly string[]): void {
  const { origin } = headers
  if (origin === undefined || origins.includes(origin)) return
  const own = URL.canParse(origin) ? new URL(origin) : undefined
  if (own && own.host === headers.host && isLocal(own.hostname)) return
  throw new SillageError({
    code: 'origin_refused',
    message: 'Pages of this origin may not send here',
    hint: 'name the origin under origins of the form in sillage.yaml',
  })
}

function tooManyGuesses(): SillageError {
  return new SillageError({
    code: 'too_many_requests',
    message: 'Too many wrong tokens',
    hint: 'wait a minute',
    retryable: true,
  })
}
