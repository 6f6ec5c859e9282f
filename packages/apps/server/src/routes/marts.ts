import type { FastifyInstance } from 'fastify'
import { forbidden } from '../failures.ts'
import { askChild } from '../jobs/child.ts'
import type { TableRequest } from '../published/select.ts'
import type { Format } from '../reader/protocol.ts'
import type { Services } from '../services.ts'
import { answers } from './documents.ts'
import { answer, failures, pipelineName } from './schemas.ts'

const mediaTypes: Readonly<Record<Format, string>> = {
  json: 'application/json; charset=utf-8',
  csv: 'text/csv; charset=utf-8; header=present',
  arrow: 'application/vnd.apache.arrow.stream',
}

const text = (description: string, maxLength = 4000): object => ({
  type: 'string',
  minLength: 1,
  maxLength,
  description,
})

export function martRoutes(app: FastifyInstance, services: Services): void {
  app.get<{ Params: { name: string } }>(
    '/api/v1/pipelines/:name/marts',
    {
      schema: {
        summary: 'The published tables of a pipeline',
        params: pipelineName,
        response: {
          200: answer('Tables with their columns', answers.marts),
          ...failures(400, 401, 404, 429, 503),
        },
      },
    },
    async ({ params: { name } }) =>
      services.clean(await services.marts.describe(await services.pipeline(name))),
  )

  app.get<{ Params: { name: string; table: string }; Querystring: TableRequest & { format: Format } }>(
    '/api/v1/pipelines/:name/marts/:table',
    {
      schema: {
        summary: 'Rows of a published table',
        description:
          'Streamed from the version that is published now. Without the role operate, personal columns are null, and the header sillage-masked names them.',
        params: {
          type: 'object',
          properties: {
            ...pipelineName.properties,
            table: { type: 'string', pattern: '^[a-z][a-z0-9_]{0,62}$' },
          },
          required: ['name', 'table'],
        },
        querystring: {
          type: 'object',
          properties: {
            columns: text('Names, with commas between.'),
            filter: text(
              "A condition, such as segment = 'gold' and (amount >= 100 or city in ('Lyon', 'Paris')).",
            ),
            order: text('Names, with commas between; with - before it a column goes down.'),
            limit: { type: 'integer', minimum: 0, maximum: 10_000_000, default: 100 },
            offset: { type: 'integer', minimum: 0, maximum: 1_000_000_000, default: 0 },
            format: { enum: ['json', 'csv', 'arrow'], default: 'json' },
          },
          additionalProperties: false,
        },
        produces: Object.values(mediaTypes),
        response: { 200: { type: 'string' }, ...failures(400, 401, 403, 404, 429, 503, 504) },
      },
    },
    async ({ params, query: { format, ...request }, role }, reply) => {
      const pipeline = await services.pipeline(params.name)
      const { stream, masked } = await services.marts.rows(pipeline, {
        table: params.table,
        request,
        role,
        format,
      })
      if (masked.length > 0) reply.header('sillage-masked', masked.map(encodeURIComponent).join(','))
      return reply.header('content-type', mediaTypes[format]).header('cache-control', 'no-store').send(stream)
    },
  )

  app.get<{ Params: { name: string }; Querystring: { samples: number; stage?: string } }>(
    '/api/v1/pipelines/:name/rejects',
    {
      schema: {
        summary: 'Refused rows by stage and reason',
        description:
          'Counts are those of the published mart. With samples, rows as they came, of the last run: needs the role operate.',
        params: pipelineName,
        querystring: {
          type: 'object',
          properties: {
            samples: { type: 'integer', minimum: 0, maximum: 100, default: 0 },
            stage: { type: 'string', pattern: '^[a-z][a-z0-9_]{0,62}$' },
          },
          additionalProperties: false,
        },
        response: {
          200: answer('Reasons, or stages with samples', answers.rejects),
          ...failures(400, 401, 403, 404, 409, 429),
        },
      },
    },
    async ({ params: { name }, query: { samples, stage }, role }) => {
      const pipeline = await services.pipeline(name)
      if (samples === 0) {
        const all = await services.marts.rejects(pipeline)
        return { pipeline: name, reasons: all.filter((one) => stage === undefined || one.stage === stage) }
      }
      if (role !== 'operate') throw forbidden('Seeing refused rows')
      const args = [
        'rejects',
        pipeline.file,
        `--limit=${samples}`,
        ...(stage === undefined ? [] : [`--stage=${stage}`]),
      ]
      const { rejects } = await services.turns.ask(name, () =>
        askChild<{ readonly rejects: object }>(services.host, args),
      )
      return services.clean(rejects)
    },
  )
}
