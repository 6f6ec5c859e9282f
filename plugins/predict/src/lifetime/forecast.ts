import type { BatchMaker, ModelJson, ModelPlugin } from '@sillage/sdk'
import { daysPerMonth, discountedLifetimeValue } from '@sillage/stats'
import { buyerOf } from './buying.ts'
import type { LifetimeConfig } from './config.ts'
import type { LifetimeModel } from './fit.ts'
import { daysPerUnit } from './histories.ts'
import { outputNames } from './output-names.ts'
import { expectedSpending } from './spending.ts'

type Batch = Parameters<ModelPlugin['apply']>[0]['batch']

interface ForecastFacts {
  readonly batch: Batch
  readonly model: ModelJson
  readonly config: LifetimeConfig
  readonly make: BatchMaker
}

/** Scores a batch of customers; null where a customer has no figures. */
export function forecast({ batch, model, config, make }: ForecastFacts): Batch {
  const { buying, spending } = model as LifetimeModel
  const buyer = buyerOf(buying)
  const [frequency, recency, age, monetary] = ['frequency', 'recency', 'age', 'monetary'].map((name) =>
    numbers(batch, name),
  ) as [Float64Array, Float64Array, Float64Array, Float64Array]
  const days = daysPerUnit[config.time_unit ?? 'week']
  const horizon = (config.horizon_days ?? 365) / days
  const terms = {
    horizon,
    month: daysPerMonth / days,
    margin: config.margin ?? 1,
    annualDiscountRate: config.discount_rate ?? 0.1,
  }
  const results = outputNames(config).map(() => new Array<number | null>(batch.numRows).fill(null))
  const [alive, expected, value, lifetime] = results as [Column, Column, Column, Column]
  for (let row = 0; row < batch.numRows; row += 1) {
    if (Number.isNaN(frequency[row]!)) continue
    const customer = { frequency: frequency[row]!, recency: recency[row]!, age: age[row]! }
    alive[row] = buyer.alive(customer)
    expected[row] = buyer.expected(customer, horizon)
    if (spending === null) continue
    const spends = expectedSpending(spending, monetary[row]! > 0 ? customer.frequency : 0, monetary[row]!)
    if (Number.isNaN(spends)) continue
    value[row] = spends
    lifetime[row] = discountedLifetimeValue({
      ...terms,
      value: spends,
      expectedBy: (time) => buyer.expected(customer, time),
    })
  }
  return make.batch(
    Object.fromEntries(outputNames(config).map((name, index) => [name, make.double(results[index]!)])),
  )
}

type Column = (number | null)[]

/** A column as doubles; null is NaN. */
function numbers(batch: Batch, name: string): Float64Array {
  const vector = batch.getChild(name)!
  return Float64Array.from({ length: batch.numRows }, (_, row) => {
    const value = vector.get(row) as number | bigint | null
    return value === null ? Number.NaN : Number(value)
  })
}
