import { orderLetterHeadings } from '@sillage/campaign'
import type { JsonSchema } from '@sillage/sdk'

/** The parts of a report that a pipeline may choose from, in their usual order. */
export const reportSections = [
  'summary',
  'order_letter',
  'target_tree',
  'coverage',
  'segments',
  'migration',
  'rfm',
  'value',
  'cohorts',
  'model',
  'budget',
  'plan',
  'dashboard',
  'stages',
] as const

export type ReportSection = (typeof reportSections)[number]

/** The consent and the address that an action needs. */
export const channels = ['email', 'phone', 'post'] as const

export type Channel = (typeof channels)[number]

type Shape = JsonSchema & Readonly<Record<string, unknown>>

const text: Shape = { type: 'string', minLength: 1 }
const amount: Shape = {
  type: ['number', 'string'],
  description: 'An amount from 0 with at most two decimals, such as 1250.50.',
}
const day: Shape = { ...text, description: 'A day, as 2014-05-12.' }
const idPattern = '^[A-Za-z]\\w{0,62}$'
const ids: Shape = { type: 'array', items: text }

const object = (properties: Readonly<Record<string, Shape>>, required: readonly string[] = []): Shape => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
})

const byId = (value: Shape): Shape => ({
  type: 'object',
  propertyNames: { pattern: idPattern, description: 'a letter, then letters, digits and _' } as Shape,
  additionalProperties: value,
  minProperties: 1,
})

const section: Shape = { enum: reportSections }

const labelled: Shape = { type: 'object', additionalProperties: text }

/** The keys of a pipeline file that the report reads; no stage does. */
export const campaignShape = {
  report: object({
    title: text,
    main: {
      ...text,
      description: 'The mart with a row per customer; the first that has segments unless said.',
    },
    sections: {
      type: 'array',
      items: { anyOf: [section, object({ section, title: text }, ['section'])] },
      minItems: 1,
      description: 'Which parts the report has, in which order; all that the marts can fill unless said.',
    },
    currency: {
      ...text,
      pattern: '^[A-Z]{3}$',
      description: 'ISO 4217: the currency of amounts, such as EUR.',
    },
    min_group: {
      type: 'integer',
      minimum: 1,
      description: 'Groups of fewer people are shown as <5; 5 unless said.',
    },
    top: {
      type: 'integer',
      minimum: 1,
      maximum: 200,
      description: 'The longest list; what is beyond it is summed up as others. 20 unless said.',
    },
    actions: {
      type: 'object',
      additionalProperties: { enum: channels },
      description: 'The channel of each action: who refuses it, or has no address for it, is not contacted.',
    },
  }),
  labels: object({
    columns: { ...labelled, description: 'What a column is called, by its name.' },
    values: {
      type: 'object',
      additionalProperties: { anyOf: [text, labelled] },
      description:
        'What a value is called: `recuperer: Win back` in any column, or by the column that holds it: `tier: { gold: Gold }`.',
    },
    segments: { ...labelled, description: 'What a segment is called, by its name.' },
    checks: {
      ...labelled,
      description: 'What a check is called, by its name as `sillage.checks` tells it.',
    },
    stages: { ...labelled, description: 'What a stage is called, by its name.' },
  }),
  plan: object(
    {
      start: day,
      holidays: { type: 'array', items: day },
      tasks: {
        ...byId(
          object(
            {
              name: text,
              days: {
                type: 'integer',
                minimum: 0,
                maximum: 10_000,
                description: 'Working days; 0 is a milestone.',
              },
              after: { ...ids, description: 'Tasks that must be done before.' },
              on: { ...text, description: 'The day on which it begins whatever happens: the launch.' },
            },
            ['name', 'days'],
          ),
        ),
        description: 'Tasks by id.',
      },
    },
    ['start', 'tasks'],
  ),
  budget: object(
    {
      currency: { ...text, pattern: '^[A-Z]{3}$', description: 'ISO 4217, such as EUR.' },
      envelope: amount,
      lines: {
        ...byId(
          object(
            {
              name: text,
              amount,
              detail: {
                type: 'array',
                items: object(
                  { quantity: { type: 'integer', minimum: 0, maximum: 1_000_000 }, price: amount },
                  ['quantity', 'price'],
                ),
                description: 'What the amount is made of.',
              },
            },
            ['name', 'amount'],
          ),
        ),
        description: 'Lines by id.',
      },
      stated: {
        type: 'array',
        items: object(
          {
            name: text,
            amount,
            of: { ...ids, minItems: 1, description: 'Ids of the lines that it sums up.' },
          },
          ['name', 'amount', 'of'],
        ),
        description: 'Sums as somebody stated them: they are compared with their lines.',
      },
      split: {
        type: 'object',
        additionalProperties: { type: 'number', minimum: 0, maximum: 100 },
        minProperties: 1,
        description: 'Shares in percent, such as of fidelity and development; they add up to 100.',
      },
    },
    ['lines'],
  ),
  order_letter: object(
    Object.fromEntries(orderLetterHeadings.map((heading) => [heading, { type: 'string' }])),
  ),
} as const satisfies Readonly<Record<string, Shape>>
