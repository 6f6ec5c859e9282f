import { type Static, t } from '@sillage/sdk'

/** What a pipeline says of the model; the plugin's `with`. */
export const config = t.object({
  customer: t.column({ description: 'The customer.' }),
  at: t.column({ type: 'time', description: 'When: a date or a timestamp. Purchases of one day are one.' }),
  amount: t.column({
    type: 'number',
    description: 'The amount of each line. Lines below 0 are returns: no purchase, no value.',
  }),
  model: t.optional(
    t.oneOf(['bg-nbd', 'pareto-nbd'], {
      default: 'bg-nbd',
      description:
        'When customers may leave: right after a purchase (bg-nbd), or at any moment (pareto-nbd).',
    }),
  ),
  horizon_days: t.optional(
    t.integer({ minimum: 1, default: 365, description: 'How far ahead of the as-of date to look, in days.' }),
  ),
  discount_rate: t.optional(
    t.number({
      minimum: 0,
      default: 0.1,
      description: 'The discount rate per year: 0.1 is 10 %. The rate per month is (1 + rate)^(1/12) − 1.',
    }),
  ),
  margin: t.optional(
    t.number({
      exclusiveMinimum: 0,
      maximum: 1,
      description:
        'Share of the amount that is margin. Without it the value is revenue, and its column is named accordingly.',
    }),
  ),
  holdout_days: t.optional(
    t.integer({
      minimum: 1,
      description:
        'Also tests the model: fits it on the data before the last days, this many, and compares its forecast for them with the actual purchases.',
    }),
  ),
  time_unit: t.optional(
    t.oneOf(['week', 'day'], { default: 'week', description: 'Unit of recency, age and of the parameters.' }),
  ),
})

export type LifetimeConfig = Static<typeof config>
