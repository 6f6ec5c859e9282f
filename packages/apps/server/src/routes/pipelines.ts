import { relative } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { ServedPipeline } from '../host.ts'
import { lastTwo } from '../published/versions.ts'
import type { Services } from '../services.ts'
import { answers } from './documents.ts'
import { answer, failures, pipelineName } from './schemas.ts'

export function pipelineRoutes(app: FastifyInstance, services: Services): void {
  app.get(
    '/api/v1/pipelines',
    {
      schema: {
        summary: 'The pipelines of the project',
        response: {
          200: answer('Pipelines, with their last runs and schedules', answers.pipelines),
          ...failures(401),
        },
      },
    },
    async () => {
      const pipelines = await services.pipelines()
      return services.clean({ pipelines: pipelines.map((pipeline) => about(services, pipeline)) })
    },
  )

  app.get<{ Params: { name: string } }>(
    '/api/v1/pipelines/:name',
    {
      schema: {
        summary: 'The plan of a pipeline, as a graph',
        description:
          'Nodes are stages and marts, with what a run would do now and why. While a run goes on, the plan from before it, or where there is none only stages and edges (`stale`).',
        params: pipelineName,
        response: { 200: answer('The graph', answers.plan), ...failures(400, 401, 404, 409, 422, 504) },
      },
    },
    async ({ params: { name } }) => {
      const pipeline = await services.pipeline(name)
      const plan = await services.plans.of(pipeline)
      return services.clean({ ...about(services, pipeline), ...plan })
    },
  )
}

function about(services: Services, pipeline: ServedPipeline): object {
  const runs = services.runs.of(pipeline)
  const [last] = runs
  const { after, before = null } = lastTwo(pipeline.mart)
  const success = runs.find(({ status, whole }) => status === 'succeeded' && whole)
  return {
    name: pipeline.name,
    file: relative(services.host.folder, pipeline.file),
    last_run: last
      ? { run: last.run, status: last.status, started: last.started, seconds: last.seconds ?? null }
      : null,
    last_success: success?.finished ?? null,
    published: after === undefined ? null : { run: after, before },
    active: services.jobs
      .activeOf(pipeline.name)
      .map(({ id, run = null, state }) => ({ job: id, run, state })),
    schedule: services.schedules.of(pipeline) ?? null,
  }
}
