import { join } from 'node:path'
import { SillageError } from '@sillage/base'
import type { FastifyInstance } from 'fastify'
import { problemOf } from '../failures.ts'
import type { Job, RunRequest } from '../jobs/job.ts'
import type { RunDocument } from '../runs/run-index.ts'
import type { Services } from '../services.ts'
import { answers } from './documents.ts'
import { answer, failures, pipelineName, runName } from './schemas.ts'

/** How long a run that is asked for may take to get its name, before it is answered without one. */
const nameMs = 5000

const runBody = {
  type: 'object',
  properties: {
    params: {
      type: 'object',
      propertyNames: { pattern: '^[A-Za-z][A-Za-z0-9_]{0,62}$' },
      additionalProperties: { type: ['string', 'number', 'boolean'], maxLength: 4000 },
      maxProperties: 100,
    },
    select: {
      type: 'array',
      items: { type: 'string', pattern: '^\\+?[a-z][a-z0-9_:,+.-]{0,200}$' },
      minItems: 1,
      maxItems: 100,
      description: 'Only these stages and what they read; publishes and sends nothing.',
    },
    as_of: {
      type: 'string',
      pattern: '^(\\d{4}-\\d\\d-\\d\\d|today|yesterday)$',
      description: 'Wins over the as_of of the pipeline: a day such as 2026-11-29, today or yesterday.',
    },
    full_refresh: { type: 'boolean' },
    dry_run: { type: 'boolean' },
  },
  additionalProperties: false,
} as const

export function runRoutes(app: FastifyInstance, services: Services): void {
  app.post<{ Params: { name: string }; Body?: RunRequest; Querystring: { queue?: boolean } }>(
    '/api/v1/pipelines/:name/runs',
    {
      config: { access: 'operate' },
      preValidation: async (request) => {
        request.body ??= {}
      },
      schema: {
        summary: 'Start a run',
        description:
          'Answers once the run has its name. One run of a pipeline at a time; a further one is refused or waits.',
        params: pipelineName,
        querystring: {
          type: 'object',
          properties: { queue: { type: 'boolean' } },
          additionalProperties: false,
        },
        body: runBody,
        response: {
          202: answer('The run, or the job that waits', answers.started),
          ...failures(400, 401, 403, 404, 409, 413, 415, 422, 429),
        },
      },
    },
    async (request, reply) => {
      const pipeline = await services.pipeline(request.params.name)
      await services.plans.remember(pipeline)
      await services.turns.settled(pipeline.name)
      const job = services.jobs.start(pipeline, request.body ?? {}, {
        queue: request.query.queue === true,
        by: 'api',
      })
      await services.jobs.settled(job, nameMs)
      if (job.run === undefined && job.error) throw job.error
      const address = `/api/v1/runs/${job.run ?? job.id}`
      return reply
        .code(202)
        .header('location', address)
        .send({ run: job.run ?? null, job: job.id, state: job.state, address, events: `${address}/events` })
    },
  )

  app.get<{ Querystring: { pipeline?: string; status?: string; limit: number; before?: string } }>(
    '/api/v1/runs',
    {
      schema: {
        summary: 'The last runs, newest first',
        querystring: {
          type: 'object',
          properties: {
            pipeline: pipelineName.properties.name,
            status: { enum: ['running', 'succeeded', 'failed', 'interrupted', 'cancelled'] },
            limit: { type: 'integer', minimum: 1, maximum: 500, default: 20 },
            before: { ...runName.properties.id, description: 'Only runs older than this one.' },
          },
          additionalProperties: false,
        },
        response: { 200: answer('Runs, and jobs that wait', answers.runs), ...failures(400, 401, 404) },
      },
    },
    async ({ query: { pipeline: name, status, limit, before } }) => {
      const pipelines = name === undefined ? await services.pipelines() : [await services.pipeline(name)]
      const runs = pipelines
        .flatMap((pipeline) => services.runs.of(pipeline))
        .filter(
          (run) =>
            (status === undefined || run.status === status) && (before === undefined || run.run < before),
        )
        .sort((a, b) => (a.run < b.run ? 1 : -1))
        .slice(0, limit)
      const waiting = pipelines.flatMap((pipeline) => services.jobs.activeOf(pipeline.name))
      return services.clean({
        runs,
        waiting: waiting.filter(({ state }) => state === 'queued').map(jobDocument),
      })
    },
  )

  app.get<{ Params: { id: string } }>(
    '/api/v1/runs/:id',
    {
      schema: {
        summary: 'A run, as its journal tells it',
        params: runName,
        response: { 200: answer('The run, or the job that waits', answers.run), ...failures(400, 401, 404) },
      },
    },
    async ({ params: { id } }) => services.clean(await document(services, id)),
  )

  app.get<{ Params: { id: string }; Headers: { 'last-event-id'?: string } }>(
    '/api/v1/runs/:id/events',
    {
      schema: {
        summary: 'What happens in a run, as server-sent events',
        description:
          'The id of an event is its line in the journal: with Last-Event-ID the stream goes on after it. The event `end` is the last; 204 where there is nothing left to tell.',
        params: runName,
        headers: {
          type: 'object',
          properties: { 'last-event-id': { type: 'string', pattern: '^\\d{1,9}$' } },
        },
        produces: ['text/event-stream'],
        response: { 200: { type: 'string' }, 204: { type: 'null' }, ...failures(400, 401, 404, 429) },
      },
    },
    async ({ params: { id }, headers }, reply) => {
      const { run, job } = await services.run(id)
      const name = run?.pipeline ?? job!.pipeline.name
      const pipeline = await services.pipeline(name)
      const runOf = (): string | undefined => run?.run ?? job?.run
      const current = (): RunDocument | undefined => {
        const known = runOf()
        return known === undefined ? undefined : services.runs.find(pipeline, known)
      }
      const end = (): unknown => {
        if (job && job.state !== 'ended') return undefined
        const now = current()
        if (now) return now.status === 'running' ? undefined : services.clean(ending(now))
        return job ? services.clean(jobDocument(job)) : { status: 'gone' }
      }
      const after = Number(headers['last-event-id'] ?? 0)
      if (after > 0 && end() !== undefined && after >= lastLine(services, pipeline.journals, runOf()))
        return reply.code(204).send()
      const stream = services.streams.follow(
        {
          key: runOf() ?? id,
          journal: () => {
            const known = runOf()
            return known === undefined ? undefined : join(pipeline.journals, `${known}.jsonl`)
          },
          end,
          clean: services.clean,
        },
        after,
      )
      return reply
        .header('content-type', 'text/event-stream; charset=utf-8')
        .header('cache-control', 'no-store')
        .header('x-accel-buffering', 'no')
        .send(stream)
    },
  )

  app.post<{ Params: { id: string } }>(
    '/api/v1/runs/:id/cancel',
    {
      config: { access: 'operate' },
      schema: {
        summary: 'Cancel a run',
        description:
          'The run stops at its next safe point and ends as interrupted; finished steps are kept. Cancelled again, it stops at once.',
        params: runName,
        response: {
          202: answer('The run, or the job that waits', answers.run),
          ...failures(400, 401, 403, 404, 409),
        },
      },
    },
    async ({ params: { id } }, reply) => {
      const { run, job } = await services.run(id)
      if (!job || job.state === 'ended') throw notCancellable(run)
      services.jobs.cancel(job)
      return reply.code(202).send(services.clean(await document(services, id)))
    },
  )
}

async function document(services: Services, id: string): Promise<unknown> {
  const { run, job } = await services.run(id)
  return run ?? jobDocument(job!)
}

function jobDocument(job: Job): unknown {
  const { id, pipeline, state, run = null, by, asked, cancelled, error } = job
  return {
    job: id,
    run,
    pipeline: pipeline.name,
    status: state !== 'ended' ? state : cancelled ? 'cancelled' : 'failed',
    by,
    asked,
    cancelled,
    ...(error ? { error: problemOf(error).error } : {}),
  }
}

function ending({ run, status, seconds, error, cancelled, process }: RunDocument): unknown {
  return { run, status, seconds, error, cancelled, process }
}

function lastLine(services: Services, journals: string, run: string | undefined): number {
  return run === undefined ? Number.POSITIVE_INFINITY : services.streams.lines(join(journals, `${run}.jsonl`))
}

function notCancellable(run: RunDocument | undefined): SillageError {
  if (run?.status === 'running')
    return new SillageError({
      code: 'run_not_ours',
      message: `The run was not started by this server (pid ${run.pid})`,
      hint: 'stop it where it was started',
    })
  return new SillageError({
    code: 'run_ended',
    message: 'The run has ended',
    hint: 'there is nothing to cancel',
  })
}
