import type { FastifyInstance } from 'fastify'
import { withoutPersonal } from '../published/changes.ts'
import type { Services } from '../services.ts'
import { answers } from './documents.ts'
import { answer, failures, pipelineName } from './schemas.ts'

/** Segments of the published version, and what changed since the one before. */
export function changeRoutes(app: FastifyInstance, services: Services): void {
  app.get<{ Params: { name: string } }>(
    '/api/v1/pipelines/:name/segments',
    {
      schema: {
        summary: 'How many rows are in each segment of the published tables',
        description: 'The largest first. Without the role operate, columns marked personal are left out.',
        params: pipelineName,
        response: {
          200: answer('Columns that are segments', answers.segments),
          ...failures(400, 401, 404, 409, 429, 503, 504),
        },
      },
    },
    async ({ params: { name }, role }) => ({
      segments: await services.marts.segments(await services.pipeline(name), role),
    }),
  )

  app.get<{ Params: { name: string } }>(
    '/api/v1/pipelines/:name/changes',
    {
      schema: {
        summary: 'What changed between the published version and the one before',
        description:
          'Rows by table, and for each segment who went from where to where. Without the role operate, not by columns marked personal. `version_before_missing` where only one version is kept.',
        params: pipelineName,
        response: {
          200: answer('What sillage diff says', answers.changes),
          ...failures(400, 401, 404, 409, 504),
        },
      },
    },
    async ({ params: { name }, role }) => {
      const pipeline = await services.pipeline(name)
      const changes = await services.changes.of(pipeline)
      const told =
        role === 'operate' ? changes : withoutPersonal(changes, await services.marts.personal(pipeline))
      return services.clean(told)
    },
  )
}
