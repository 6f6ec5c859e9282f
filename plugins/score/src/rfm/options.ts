import { type Static, t } from '@sillage/sdk'

const cuts = {
  bands: t.optional(
    t.list(t.number(), { minItems: 1, description: 'Bounds of half-open bands: [a, b] cuts <a, a–<b, ≥b.' }),
  ),
  points: t.optional(
    t.list(t.number(), { minItems: 2, description: 'Points of each band: one more than bounds.' }),
  ),
}

/** What the configuration of the score may say. */
export const rfmOptions = t.object({
  customer: t.column({ description: 'The customer.' }),
  at: t.column({ type: 'time', description: 'When: a date or a timestamp.' }),
  amount: t.column({
    type: 'number',
    description:
      'The amount. A line below 0 is a return: not a purchase, but its amount is subtracted from the customer’s sum.',
  }),
  transaction: t.optional(
    t.column({
      description:
        'The column that groups lines into one purchase, such as the invoice number; by default each line is a purchase.',
    }),
  ),
  recency: t.optional(
    t.object({
      ...cuts,
      unit: t.optional(
        t.oneOf(['days', 'months'], {
          default: 'days',
          description:
            'Whole calendar days or whole calendar months from the last purchase to the as-of date.',
        }),
      ),
    }),
  ),
  frequency: t.optional(t.object(cuts)),
  monetary: t.optional(
    t.object({
      ...cuts,
      amount: t.optional(
        t.oneOf(['sum', 'mean', 'last'], {
          default: 'sum',
          description: 'The sum of all amounts, the mean of a purchase, or the last purchase.',
        }),
      ),
    }),
  ),
  quintiles: t.optional(
    t.boolean({
      default: false,
      description: 'Points 1 to 5 by fifths of the customers, 5 the best, instead of bands.',
    }),
  ),
  ties: t.optional(
    t.oneOf(['split', 'same'], {
      default: 'split',
      description:
        'With fifths, how to treat customers with the same figure (with bands they have the same points anyway): `same` gives them the same points, those of the lowest of their ranks; `split` orders them by id across a cut, so that the fifths have equal size.',
    }),
  ),
})

export type RfmOptions = Static<typeof rfmOptions>

export const measures = ['recency', 'frequency', 'monetary'] as const
export type Measure = (typeof measures)[number]
