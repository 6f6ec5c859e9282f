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
  }
}

/** Before anything else of a request: where it comes from, and what its token allows. */
export function guard(app: FastifyInstance, tokens: Tokens, { host, cors }: ServerOptions): void {
  const guesses = new Guesses()
  app.decorateRequest('role', 'read')
  app.addHook('onRequest', async (request, reply) => {
    if (tokens.none && isLocal(host)) assertLocalName(request)
    assertOrigin(request, cors)
    const access = request.routeOptions.config.access ?? 'read'
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
    hint: 'open it by 127.0.0.1 or localhost, or start it with a token',
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

function tooManyGuesses(): SillageError {
  return new SillageError({
    code: 'too_many_requests',
    message: 'Too many wrong tokens',
    hint: 'wait a minute',
    retryable: true,
  })
}
