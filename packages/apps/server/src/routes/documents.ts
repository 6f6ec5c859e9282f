/** What routes answer, as JSON Schema: /openapi.json says it, answers are written by it, and the contract tests hold them to it. */
type Schema = Readonly<Record<string, unknown>>

const text = { type: 'string' }
const count = { type: 'integer', minimum: 0 }
const flag = { type: 'boolean' }
const seconds = { type: 'number', minimum: 0 }
/** ISO, UTC. */
const time = { type: 'string' }
const orNull = ({ type, ...rest }: Schema): Schema => ({ ...rest, type: [type, 'null'] })
const list = (items: Schema): Schema => ({ type: 'array', items })
const oneOf = (...values: readonly string[]): Schema => ({ type: 'string', enum: values })

/** An object whose keys are all there, but for those that end in `?`. More may come: who reads takes what it knows. */
const object = (keys: Readonly<Record<string, Schema>>): Schema => ({
  type: 'object',
  properties: Object.fromEntries(Object.entries(keys).map(([key, value]) => [key.replace('?', ''), value])),
  required: Object.keys(keys).filter((key) => !key.endsWith('?')),
  additionalProperties: true,
})

const error = object({ code: text, message: text, 'hint?': text, 'stage?': text })
const runStatus = oneOf('running', 'succeeded', 'failed', 'interrupted', 'cancelled')

const step = object({
  stage: text,
  plugin: text,
  action: oneOf('run', 'reuse', 'resume', 'skip'),
  rows_in: orNull(count),
  rows_out: count,
  rejected: count,
  merged: count,
  filtered: count,
  seconds,
})

const check = object({
  stage: text,
  check: text,
  status: oneOf('pass', 'warn', 'fail'),
  severity: oneOf('error', 'warn'),
  found: { type: 'number' },
})

const warning = object({ stage: text, code: text, message: text, 'hint?': text, 'count?': count })

const runKeys = {
  run: text,
  pipeline: text,
  status: runStatus,
  started: time,
  'finished?': time,
  whole: flag,
  'as_of?': orNull(text),
  'as_of_source?': oneOf('today', 'yesterday', 'given', 'file'),
  'time_zone?': text,
  'takes_up?': object({ run: text, as_of: orNull(text) }),
  'catch_up?': object({ times: count, last: time }),
  'params?': { type: 'object', additionalProperties: text },
  'replaces?': object({ run: text, params: list(text) }),
  'seconds?': seconds,
  pid: { type: 'integer' },
  command: text,
  stages: list(text),
  'current?': text,
  unfinished: list(text),
  steps: list(step),
  checks: list(check),
  warnings: list(warning),
  'mart?': text,
  'rolledBackTo?': text,
  'error?': error,
  'job?': text,
  'cancelled?': flag,
  'process?': object({ exit: orNull({ type: 'integer' }), signal: orNull(text) }),
}

const jobKeys = {
  job: text,
  run: orNull(text),
  pipeline: text,
  status: oneOf('queued', 'starting', 'running', 'failed', 'cancelled'),
  by: oneOf('api', 'schedule'),
  asked: time,
  cancelled: flag,
  'error?': error,
}

/** A run, or while it has no name the job that it was asked by: then all but these four keys may lack. */
const runOrJob = object({
  ...Object.fromEntries(
    Object.entries({ ...runKeys, ...jobKeys }).map(([key, value]) => [`${key.replace('?', '')}?`, value]),
  ),
  'run?': orNull(text),
  'status?': oneOf('queued', 'starting', 'running', 'succeeded', 'failed', 'interrupted', 'cancelled'),
})

const pipelineKeys = {
  name: text,
  file: text,
  last_run: orNull(object({ run: text, status: runStatus, started: time, seconds: orNull(seconds) })),
  last_success: orNull(time),
  published: orNull(object({ run: text, before: orNull(text) })),
  active: list(object({ job: text, run: orNull(text), state: oneOf('queued', 'starting', 'running') })),
  schedule: orNull(
    object({
      schedule: text,
      next: orNull(time),
      'problem?': text,
      started: count,
      skipped: count,
      missed: count,
      'last_missed?': time,
      caught_up: count,
    }),
  ),
}

const column = object({ name: text, type: text })
const tableRows = object({ table: text, rows: count })

const refusedReason = object({
  stage: text,
  rows_in: orNull(count),
  rejected: orNull(count),
  code: text,
  column: orNull(text),
  message: text,
  rows: count,
})

const refusedStage = object({
  stage: text,
  rows_in: count,
  rejected: count,
  share: { type: 'number' },
  reasons: list(
    object({
      code: text,
      column: orNull(text),
      message: text,
      rows: count,
      samples: list({ type: 'object', additionalProperties: true }),
    }),
  ),
})

const migration = object({
  column: text,
  cells: list(
    object({
      kind: oneOf('stayed', 'moved', 'entered', 'left'),
      from: orNull(text),
      to: orNull(text),
      rows: count,
    }),
  ),
})

/** The documents, each as what a route answers. */
export const answers = {
  status: (value: string) => object({ status: { const: value } }),
  session: object({ role: oneOf('read', 'operate'), tokens: flag }),
  pipelines: object({ pipelines: list(object(pipelineKeys)) }),
  plan: object({
    ...pipelineKeys,
    nodes: list(object({ id: text, kind: text })),
    edges: list(object({ from: text, 'output?': text, to: text })),
    stale: flag,
  }),
  started: object({
    run: orNull(text),
    job: text,
    state: oneOf('queued', 'starting', 'running', 'ended'),
    address: text,
    events: text,
  }),
  runs: object({ runs: list(object(runKeys)), waiting: list(object(jobKeys)) }),
  run: { ...runOrJob, required: ['pipeline', 'run', 'status'] },
  marts: object({
    run: text,
    published_at: time,
    as_of: orNull(text),
    tables: list(
      object({
        name: text,
        rows: count,
        description: orNull(text),
        columns: list(
          object({
            name: text,
            type: text,
            comment: orNull(text),
            personal: flag,
            key: flag,
            role: orNull(text),
          }),
        ),
      }),
    ),
  }),
  rejects: object({ pipeline: text, 'reasons?': list(refusedReason), 'stages?': list(refusedStage) }),
  segments: object({
    segments: list(
      object({
        table: text,
        column: text,
        comment: orNull(text),
        sizes: list(object({ value: orNull(text), rows: count })),
      }),
    ),
  }),
  changes: object({
    pipeline: text,
    before: text,
    after: text,
    tables: object({
      added: list(tableRows),
      removed: list(tableRows),
      kept: list(
        object({
          table: text,
          key: list(text),
          columns: object({
            added: list(column),
            removed: list(column),
            retyped: list(object({ name: text, from: text, to: text })),
          }),
          rows: object({ before: count, after: count, added: count, removed: count, changed: orNull(count) }),
          changed_columns: list(object({ column: text, rows: count })),
          migrations: list(migration),
        }),
      ),
    }),
  }),
  events: object({ accepted: count, ids: list(text) }),
} as const
