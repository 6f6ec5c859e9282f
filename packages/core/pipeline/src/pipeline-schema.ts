import { meanings } from '@sillage/sdk'
import { connectionsShape } from './connection-shape.ts'
import type { Section } from './section.ts'
import { sectionShapes } from './section-shapes.ts'
import { object, type Shape } from './shape.ts'

const text: Shape = { type: 'string', minLength: 1 }
/** How stages and marts may be called. */
export const name: Shape = { type: 'string', pattern: '^[a-z][a-z0-9_]{0,62}$' }
const bound: Shape = { type: ['number', 'string'] }
const columns: Shape = { type: 'array', items: text, minItems: 1 }

/** What each `expect` entry holds under its one key. */
export const expectationShapes = {
  not_null: columns,
  unique: columns,
  accepted_values: object(
    {
      column: text,
      values: { type: 'array', items: { type: ['string', 'number', 'boolean'] }, minItems: 1 },
    },
    ['column', 'values'],
  ),
  range: object({ column: text, min: bound, max: bound, above: bound, below: bound }, ['column'], {
    minProperties: 2,
  }),
  relationships: object({ column: text, to: text, field: text }, ['column', 'to', 'field']),
  row_count: object({ min: { type: 'integer', minimum: 0 }, max: { type: 'integer', minimum: 0 } }, [], {
    minProperties: 1,
  }),
  rejected: object(
    { max_share: { type: 'number', minimum: 0, maximum: 1 }, max_rows: { type: 'integer', minimum: 0 } },
    [],
    { minProperties: 1 },
  ),
  sql: { ...text, description: 'A scalar condition that holds for each row.' },
} as const satisfies Readonly<Record<string, Shape>>

const expectation: Shape = object({
  ...expectationShapes,
  name: text,
  severity: {
    enum: ['error', 'warn'],
    description: 'error stops the run before publishing; warn is only reported.',
  },
  where: { ...text, description: 'Only rows for which this condition holds are looked at.' },
})

const from: Shape = {
  description: 'The stage, the stages (rows of all), or a map from role to stage.',
  anyOf: [
    text,
    { type: 'array', items: text, minItems: 1 },
    {
      type: 'object',
      additionalProperties: { anyOf: [text, { type: 'array', items: text, minItems: 1 }] },
      minProperties: 1,
    },
  ],
}

const drift: Shape = { enum: ['evolve', 'freeze', 'reject'] }

/** What a stage may have. */
export const stageKeys: Readonly<Record<string, Shape>> = {
  uses: { ...text, description: 'The plugin, such as clean/contract.' },
  from,
  with: { type: 'object', description: 'The configuration of the plugin.' },
  connection: { ...text, description: 'The connection that the plugin uses, by its name under connections.' },
  expect: { type: 'array', items: expectation, description: 'Checks on the rows that leave the stage.' },
  on_reject: {
    enum: ['quarantine', 'fail'],
    description:
      'What a refused row does: quarantine (default) keeps it in reject.<stage>; fail stops the run.',
  },
  on_drift: {
    anyOf: [drift, object({ columns: drift, types: drift }, [])],
    description:
      'What a source does whose columns changed since the last run: evolve (allow and say it), freeze (stop), reject (refuse the rows that carry the change); one word, or one for columns and one for types.',
  },
  shared: {
    type: 'boolean',
    description: 'Of a stage that delivers: several environments may send to the one place that it names.',
  },
  on_unfit: {
    enum: ['fail', 'null', null],
    description:
      'What a model does whose data do not carry it: null (default) leaves its columns without values and warns; fail stops the run. The same as on_unfit in its with.',
  },
  tags: { type: 'array', items: text },
  description: { type: 'string' },
}

const param: Shape = object(
  {
    type: { enum: ['text', 'integer', 'number', 'boolean', 'date'] },
    default: { type: ['string', 'number', 'boolean'] },
    description: { type: 'string' },
  },
  ['type'],
)

/** A mart whose columns may mean what plugins say, and what sections add. */
const mart = (sections: readonly Section[]): Shape =>
  object(
    {
      from: text,
      key: columns,
      description: { type: 'string' },
      columns: {
        type: 'object',
        additionalProperties: object({
          description: { type: 'string' },
          personal: { type: 'boolean' },
          meaning: {
            enum: [...Object.keys(meanings), ...sections.flatMap((section) => section.meanings ?? [])],
            description: 'What the report takes the column for.',
          },
        }),
      },
    },
    ['from'],
  )

/** The top of a pipeline file with these sections; the `with` of a stage is checked against its plugin's own schema. */
export function pipelineShape(sections: readonly Section[]): Shape {
  return object(
    {
      pipeline: {
        type: 'string',
        pattern: '^[a-z][a-z0-9-]{0,62}$',
        description: 'The name: lower-case letters, digits, hyphens; at most 63.',
      },
      description: { type: 'string' },
      params: { type: 'object', additionalProperties: param },
      as_of: {
        type: 'string',
        description:
          '"Today" for every stage: an ISO date, or `today` or `yesterday`, which a run resolves once as it starts. `--as-of` wins over it.',
      },
      time_zone: {
        ...text,
        description:
          'Where `today` and `yesterday` are asked, such as Europe/Paris; that of the schedule unless said, else UTC.',
      },
      connections: connectionsShape as Shape,
      stages: { type: 'object', additionalProperties: object(stageKeys, ['uses']), minProperties: 1 },
      marts: { type: 'object', additionalProperties: mart(sections) },
      memory: { ...text, description: 'One budget for DuckDB, Arrow and workers, such as 1GB.' },
      keep: { type: 'integer', minimum: 1, description: 'How many published versions stay.' },
      ...sectionShapes(sections, ({ pipeline }) => pipeline),
      tags: { type: 'array', items: text },
    },
    ['pipeline', 'stages'],
  )
}

export const namePattern = new RegExp(name.pattern as string)
