import { type CheckFacts, defineModel, type Meaning, type Problem, sql } from '@sillage/sdk'
import { config, type LifetimeConfig } from './lifetime/config.ts'
import { exampleLines, exampleRows } from './lifetime/example.ts'
import { fitLifetime } from './lifetime/fit.ts'
import { forecast } from './lifetime/forecast.ts'
import { customerHistories } from './lifetime/histories.ts'
import { earlyColumns } from './lifetime/holdout.ts'
import { outputNames } from './lifetime/output-names.ts'

export default defineModel({
  name: 'predict/lifetime',
  summary:
    'Estimates for each customer whether they are still active, how often they will buy, and what that is worth today.',
  description: `
**Meaning**: what a customer who buys without a contract is worth from the as-of date on. **Range**: \`probability_alive\` 0 to 1, the others 0
or more. **Direction**: more is better. **Date**: the pipeline's \`as_of\`; later lines are counted as read but ignored in the figures (the run warns with their number).

| column | what it is | null |
|---|---|---|
| \`frequency\` | days with a purchase after the first one | no purchase up to the as-of date |
| \`recency\` | time from the first purchase to the last; 0 without a repeat | the same |
| \`age\` | time from the first purchase to the as-of date | the same |
| \`monetary\` | mean amount of a repeat day, zeros included, days without any amount left out | no repeat day has an amount |
| \`probability_alive\` | probability that the customer has not left for good | \`frequency\` is null |
| \`expected_purchases\` | days with a purchase within the horizon | \`frequency\` is null |
| \`expected_value\` | amount of one such day, the customer's own mean drawn towards that of all | \`frequency\` is null, or the spread between customers is so wide that they have no common mean (q ≤ 1) |
| \`lifetime_value\` (\`lifetime_revenue\` without a margin) | Σ over months of purchases × value × margin, discounted | \`expected_value\` is null |

Frequency and mean exclude the first purchase, as in the literature: it is what makes somebody a customer. Customers whose mean
is not above 0 are excluded from the fit of the amounts and get the mean of all. Lines without a customer are combined in one row
without figures; lines without a time, later ones and returns count among the rows of their customer.

Models: BG/NBD (Fader, Hardie & Lee 2005), Pareto/NBD (Schmittlein, Morrison & Colombo 1987), Gamma-Gamma (Fader & Hardie 2013). The last one assumes
that frequency and amounts of a customer are unrelated: the fitted model reports their correlation. With \`holdout_days\` the model of buying
is also fitted on the data before them. Its forecast for these days is kept beside the actual purchases, by number of earlier repeat purchases (0 to 6, 7 and more), as in
Fader, Hardie & Lee (2005), and the report shows both. The figures of the customers come from the fit on all data.

**The quality of a fit** is in \`sillage.checks\`, in the warnings of the run and in the report, and decides which columns are null (\`on_unfit: fail\` stops the
run at the first failed finding instead):

| finding | what it means | null |
|---|---|---|
| \`model_unfit\` | fewer than ten customers, or fewer than three with a repeat, or the likelihood of buying did not converge | all columns of the model |
| \`not_better_than_mean\` | on the \`holdout_days\` the model predicts actual purchases, customer by customer, no better than one mean for all (squared errors, Diebold & Mariano 1995, one-sided at 5 %) | \`probability_alive\`, \`expected_purchases\`, \`lifetime_…\` |
| \`holdout_unfit\` | too few data before the held-out days to test it | |
| \`fit_on_bound\`, \`spending_on_bound\` | a shape lies on its bound: the figures are those of the limit (nobody leaves, all are alike) | |
| \`spending_without_spread\` | customers differ in what they spend no more than by chance: \`expected_value\` is the mean of all | |
| \`spending_without_mean\` | q ≤ 1 | \`expected_value\` of customers without a repeat |
| \`spending_unfit\` | fewer than three customers who bought again for an amount, or it did not converge, or it finds no difference between customers who do differ (the means of two halves of their days correlate) | \`expected_value\`, \`lifetime_…\` |

Reliable figures need some hundreds of customers.
`,
  config,
  rows: 'group',
  incremental: 'whole',
  examples: [
    {
      title: 'Thirteen customers of a shop, a year ahead, at a margin of 40 %',
      asOf: '2014-05-23',
      with: { customer: 'customer', at: 'day', amount: 'amount', margin: 0.4 },
      inputs: {
        input: { columns: { customer: 'varchar', day: 'date', amount: 'decimal(18,2)' }, rows: exampleLines },
      },
      rows: exampleRows,
    },
  ],
  check,
  units: customerHistories,
  statistics: ({ units, config }) => {
    const early = config.holdout_days === undefined ? [] : earlyColumns
    const columns = ['frequency', 'recency', 'age', 'monetary', '_half', '_other_half', ...early].map(
      (name) => sql.id(name),
    )
    return sql`
      select
        ${sql.lines(columns.map((name) => sql`cast(${name} as double) as ${name}`))}
      from ${units}
      where frequency is not null
      order by ${sql.join(columns)}
    `
  },
  warnings: ({ asOf }) => [
    {
      code: 'after_as_of',
      message: `lines are dated after as_of (${asOf}) and make no figures`,
      hint: 'as_of: today follows the day of the run; --as-of sets another day',
      count: sql`sum(_later)`,
    },
  ],
  fit: ({ data, config, asOf }) => fitLifetime(data, config, asOf),
  reads: () => ['frequency', 'recency', 'age', 'monetary'],
  output: ({ config }) => outputNames(config).map((name) => ({ name, type: 'DOUBLE', ...meaningOf(name) })),
  apply: forecast,
})

/** `lifetime_revenue` is the same figure before costs. */
function meaningOf(name: string): { readonly meaning?: Meaning } {
  switch (name) {
    case 'probability_alive':
    case 'expected_purchases':
    case 'lifetime_value':
      return { meaning: name }
    case 'lifetime_revenue':
      return { meaning: 'lifetime_value' }
    default:
      return {}
  }
}

function check({ config }: CheckFacts<LifetimeConfig>): readonly Problem[] {
  const made = ['frequency', 'recency', 'age', 'monetary', ...outputNames(config)]
  return [
    ...(made.includes(config.customer)
      ? [
          {
            path: ['customer'],
            code: 'name_taken',
            message: `the step makes a column "${config.customer}" of its own`,
            hint: 'rename the column of the customer, with clean/contract',
          },
        ]
      : []),
  ]
}
