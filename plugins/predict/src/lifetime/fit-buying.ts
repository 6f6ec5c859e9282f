import { dataUnfit } from '@sillage/sdk'
import { type Fitted, fitBgNbd, fitParetoNbd, purchaseHistory } from '@sillage/stats'
import type { Buying } from './buying.ts'
import type { LifetimeConfig } from './config.ts'

const fewestCustomers = 10
const fewestRepeating = 3

interface BuyingHistory {
  readonly frequency: Float64Array
  readonly recency: Float64Array
  readonly age: Float64Array
}

/** Fits the model of buying that the configuration names. Throws `data_unfit` naming what is missing up to when. */
export function fitBuying(
  { frequency, recency, age }: BuyingHistory,
  {
    config,
    until,
    hint,
  }: { readonly config: LifetimeConfig; readonly until: string; readonly hint?: string },
): { readonly buying: Buying; readonly fitted: Fitted<Buying['parameters']> } {
  requireEnough({
    rows: frequency,
    fewest: fewestCustomers,
    what: `customers with a purchase ${until}`,
    hint,
  })
  requireEnough({
    rows: frequency.filter((count) => count > 0),
    fewest: fewestRepeating,
    what:
      hint === undefined
        ? 'customers who bought again on another day'
        : `customers who bought again ${until}`,
    hint,
  })
  const history = purchaseHistory({ frequency, recency, age })
  const name = config.model ?? 'bg-nbd'
  const fitted = name === 'bg-nbd' ? fitBgNbd(history) : fitParetoNbd(history)
  requireSettled(fitted, name, hint)
  return { buying: { name, parameters: { ...fitted.parameters } } as Buying, fitted }
}

/** Throws `data_unfit` where there are too few rows. */
export function requireEnough({
  rows,
  fewest,
  what,
  hint = 'check that customer, at and amount name the right columns, and that as_of is not before the purchases',
}: {
  readonly rows: Float64Array
  readonly fewest: number
  readonly what: string
  readonly hint?: string | undefined
}): void {
  if (rows.length >= fewest) return
  throw dataUnfit({ message: `${rows.length} ${what}; at least ${fewest} are needed`, hint })
}

/** Throws `data_unfit` where a fit did not come to rest. One on a bound has: the likelihood is flat there. */
function requireSettled(
  { converged, iterations, customers }: Fitted<unknown>,
  name: string,
  hint?: string,
): void {
  if (converged) return
  throw dataUnfit({
    message: `the likelihood of ${name} did not settle in ${iterations} steps on ${customers} customers`,
    hint: hint ?? `try model: ${name === 'bg-nbd' ? 'pareto-nbd' : 'bg-nbd'}, or a longer history`,
  })
}
