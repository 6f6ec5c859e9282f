import { randomUUID } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { askChild } from '../jobs/child.ts'
import type { Services } from '../services.ts'
import { failures, pipelineName } from './schemas.ts'

/** The report of a pipeline as a file to save or mail, made by the command line. */
export function reportRoutes(app: FastifyInstance, services: Services): void {
  app.get<{ Params: { name: string }; Querystring: { locale?: 'en' | 'fr' } }>(
    '/api/v1/pipelines/:name/report',
    {
      config: { access: 'operate' },
      schema: {
        summary: 'The report of the published version',
        description:
          'HTML, one file without references to others. It may name people: needs the role operate.',
        params: pipelineName,
        querystring: {
          type: 'object',
          properties: {
            locale: { enum: ['en', 'fr'], description: 'By default that of the pipeline.' },
          },
          additionalProperties: false,
        },
        produces: ['text/html'],
        response: { 200: { type: 'string' }, ...failures(400, 401, 403, 404, 409, 422, 504) },
      },
    },
    async ({ params: { name }, query: { locale } }, reply) => {
      const { file } = await services.pipeline(name)
      const { temp } = services.host
      mkdirSync(temp, { recursive: true })
      const path = join(temp, `report-${randomUUID()}.html`)
      try {
        const args = ['report', file, `--to=${path}`, '--format=html']
        await askChild(services.host, locale === undefined ? args : [...args, `--locale=${locale}`])
        const report = await open(path)
        return await reply
          .header('content-type', 'text/html; charset=utf-8')
          .header('content-disposition', `attachment; filename="${name}.html"`)
          .header('cache-control', 'no-store')
          .send(report.createReadStream())
      } finally {
        // What is open is read to its end without its name: nothing is left whatever becomes of the answer.
        rmSync(path, { force: true })
      }
    },
  )
}
