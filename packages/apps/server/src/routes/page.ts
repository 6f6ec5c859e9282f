import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import files from '@fastify/static'
import type { FastifyInstance } from 'fastify'

const yearMs = 365 * 24 * 3600 * 1000

/** The built page at `/`, asked for anew each time, and its files, whose names bear a hash of what they hold. */
export async function pageRoutes(app: FastifyInstance): Promise<void> {
  const built = dirname(fileURLToPath(import.meta.resolve('@sillage/page/index.html')))
  app.addHook('onRoute', (route) => {
    route.config = { ...route.config, access: 'public' }
  })
  await app.register(files, {
    root: join(built, 'assets'),
    prefix: '/assets/',
    wildcard: false,
    index: false,
    maxAge: yearMs,
    immutable: true,
  })
  app.get('/', { schema: { hide: true } }, (_, reply) =>
    reply.header('cache-control', 'no-cache').sendFile('index.html', built, { cacheControl: false }),
  )
}
