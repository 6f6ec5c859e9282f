import type { Shape } from '@sillage/pipeline'
import { orderLetterHeadings } from './order-letter.ts'

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

/** The shape of `plan:`. */
export const campaignShape = object(
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
)

/** The shape of `budget:`. */
export const budgetShape = object(
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
)

/** The shape of `order_letter:`. */
export const orderLetterShape = object(
  Object.fromEntries(orderLetterHeadings.map((heading) => [heading, { type: 'string' }])),
)
