import type { FastifyInstance } from 'fastify'
import { metricsText } from '../metrics.ts'
import type { Services } from '../services.ts'
import { answers } from './documents.ts'
import { answer, failures } from './schemas.ts'

export function healthRoutes(app: FastifyInstance, services: Services): void {
  app.get(
    '/healthz',
    {
      config: { access: 'public', rateLimit: false },
      schema: {
        summary: 'The process lives',
        security: [],
        response: { 200: answer('It does', answers.status('ok')) },
      },
    },
    async () => ({ status: 'ok' }),
  )

  app.get(
    '/readyz',
    {
      config: { access: 'public', rateLimit: false },
      schema: {
        summary: 'The project can be read',
        security: [],
        response: { 200: answer('It can', answers.status('ready')), ...failures(500, 503) },
      },
    },
    async () => {
      await services.pipelines()
      return { status: 'ready' }
    },
  )

  app.get(
    '/metrics',
    {
      config: { rateLimit: false },
      schema: {
        summary: 'Figures for Prometheus',
        produces: ['text/plain'],
        response: { 200: { type: 'string' }, ...failures(401) },
      },
    },
    async (_, reply) => {
      const { type, text } = await metricsText(services)
      return reply.header('content-type', type).send(text)
    },
  )
}
