import { randomUUID } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { Host } from '../host.ts'
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
      const report = await make(services.host, file, locale)
      return await reply
        .header('content-type', 'text/html; charset=utf-8')
        .header('content-disposition', `attachment; filename="${name}.html"`)
        .header('cache-control', 'no-store')
        .send(report.createReadStream())
    },
  )
}

/** Has the command line make a report. What is open is read to its end without its name: nothing is left whatever becomes of the answer. */
async function make(host: Host, pipeline: string, locale: string | undefined): Promise<FileHandle> {
  mkdirSync(host.temp, { recursive: true })
  const path = join(host.temp, `report-${randomUUID()}.html`)
  const chosen = locale === undefined ? [] : [`--locale=${locale}`]
  try {
    await askChild(host, ['report', pipeline, `--to=${path}`, '--format=html', ...chosen])
    return await open(path)
  } finally {
    rmSync(path, { force: true })
  }
}
