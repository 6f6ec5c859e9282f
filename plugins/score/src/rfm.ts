import { defineSql } from '@sillage/sdk'
import { checkRfm } from './rfm/check.ts'
import { compileRfm } from './rfm/compile.ts'
import { rfmOptions } from './rfm/options.ts'

export default defineSql({
  name: 'score/rfm',
  summary:
    'Summarises the purchases of each customer as recency, frequency and monetary value, with points for each.',
  description: `
**Meaning**: how recently, how often and for how much a customer bought, up to the as-of date and including it. **Range**: with bands,
the sums of the points; with quintiles 3 to 15. **Direction**: more is better, if the points say so. **Date**: the pipeline's \`as_of\`.

Points come from bands, or from fifths (\`quintiles\`): then customers with the same figure may fall on both sides of a cut, in the order
of the customer's id, so that the fifths are equal and the result is the same each time. \`ties: same\` gives them the same points, as SPSS does: in a
shop where most customers bought once, the points of frequency then do not depend on the order of ids.

A line below 0 is a **return**: it is not a purchase, so it does not count for recency or frequency; its amount is subtracted from the sum (and the mean). A customer
with returns only has frequency 0, no recency, and no points if the points come from fifths.

Lines after the as-of date (the run warns with their number), and lines without a time, are counted as read but ignored in the figures; a customer who has no others has null
figures. Lines without a customer are combined in one row without figures, whose customer is null. Lines without a transaction
do not count for frequency. Amounts of type double are rounded to nine decimals and summed exactly.
`,
  config: rfmOptions,
  rows: 'group',
  incremental: ({ quintiles }) => (quintiles ? 'whole' : 'by_key'),
  key: ({ customer }) => [customer],
  examples: [
    {
      title: 'Points by bands',
      asOf: '2011-12-10',
      with: {
        customer: 'customer',
        at: 'at',
        amount: 'amount',
        transaction: 'invoice',
        recency: { bands: [30, 150], points: [2, 1, 0] },
        frequency: { bands: [2, 11], points: [0, 1, 2] },
        monetary: { bands: [20, 50], points: [0, 1, 2] },
      },
      inputs: {
        input: {
          columns: { customer: 'integer', at: 'timestamp', amount: 'decimal(18,2)', invoice: 'varchar' },
          rows: [
            [1, '2011-12-09 23:59:00', '30.00', 'A'],
            [1, '2011-12-09 23:59:00', '19.99', 'A'],
            [1, '2011-01-01 08:00:00', '0.01', 'B'],
            [2, '2011-07-13 08:00:00', '20.00', 'C'],
            [2, '2011-12-11 00:00:00', '99.00', 'D'],
          ],
        },
      },
      rows: [
        {
          customer: 1,
          recency_days: 1,
          frequency: 2,
          monetary: '50.00',
          recency_points: 2,
          frequency_points: 1,
          monetary_points: 2,
          rfm_points: 5,
        },
        {
          customer: 2,
          recency_days: 150,
          frequency: 1,
          monetary: '20.00',
          recency_points: 0,
          frequency_points: 0,
          monetary_points: 1,
          rfm_points: 1,
        },
      ],
    },
    {
      title: 'Points by fifths of the customers',
      asOf: '2014-05-23',
      with: { customer: 'customer', at: 'day', amount: 'amount', quintiles: true },
      inputs: {
        input: {
          columns: { customer: 'varchar', day: 'date', amount: 'double' },
          rows: [
            ['a', '2014-05-22', 0.1],
            ['a', '2014-05-22', 0.2],
            ['b', '2014-04-22', 9],
          ],
        },
      },
      rows: [
        {
          customer: 'a',
          recency_days: 1,
          frequency: 2,
          monetary: 0.3,
          recency_points: 2,
          frequency_points: 2,
          monetary_points: 1,
          rfm_points: 5,
        },
        {
          customer: 'b',
          recency_days: 31,
          frequency: 1,
          monetary: 9,
          recency_points: 1,
          frequency_points: 1,
          monetary_points: 2,
          rfm_points: 4,
        },
      ],
    },
  ],
  check: checkRfm,
  sql: compileRfm,
})
