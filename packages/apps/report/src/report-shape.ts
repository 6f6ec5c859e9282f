import type { Shape } from '@sillage/pipeline'

/** The parts of a report that a pipeline may choose from, in their usual order. */
export const sectionNames = [
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

export type ReportSection = (typeof sectionNames)[number]

/** The consent and the address that an action needs. */
const channels = ['email', 'phone', 'post'] as const

export type Channel = (typeof channels)[number]

const text: Shape = { type: 'string', minLength: 1 }

const object = (properties: Readonly<Record<string, Shape>>, required: readonly string[] = []): Shape => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
})

const section: Shape = { enum: sectionNames }

const labelled: Shape = { type: 'object', additionalProperties: text }

/** The shape of `report:`. */
export const reportShape = object({
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
})

/** The shape of `labels:`. */
export const labelsShape = object({
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
})

/** The shape of `locale:`. */
export const localeShape: Shape = { enum: ['en', 'fr'], description: 'The language of the report.' }
