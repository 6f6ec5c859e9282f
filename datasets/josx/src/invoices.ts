import type { Random } from '@sillage/stats'
import { asOf, type Day, dayOf, monthsBefore, workingDay } from './calendar.ts'
import type { Activity, Invoice, Person, Segment } from './person.ts'

/** First and last day on which the last purchase of a segment may fall (of the first purchase, for new clients). */
const lastPurchase: Partial<Record<Segment, readonly [Day, Day]>> = {
  nouveau_client: [monthsBefore(asOf, 3) + 1, asOf - 1],
  client_chaud: [monthsBefore(asOf, 6) + 1, asOf - 1],
  client_actif: [monthsBefore(asOf, 24) + 1, monthsBefore(asOf, 6)],
  client_sur_le_depart: [monthsBefore(asOf, 48) + 1, monthsBefore(asOf, 24)],
  client_perdu: [dayOf('2009-02-02'), monthsBefore(asOf, 48)],
}
const opening = dayOf('2009-01-05')

/** Catalogue: product → price in cents without tax, by who buys it. */
const catalogue: Readonly<Record<Activity, Readonly<Record<string, number>>>> = {
  restaurateur: {
    'Armoire pro 180': 189_000,
    'Armoire pro 320': 324_900,
    'Clayettes inox': 12_900,
    'Seau à glace': 3_450,
    'Entretien annuel': 24_000,
  },
  domaine: {
    'Chambre de garde': 745_000,
    'Armoire pro 320': 324_900,
    'Régulateur d’hygrométrie': 48_990,
    'Casiers 300 bouteilles': 21_950,
    'Entretien annuel': 24_000,
  },
  particulier: {
    'Cave V50': 59_900,
    'Cave V120': 99_900,
    'Clayettes bois': 4_590,
    Thermohygromètre: 2_990,
    'Coffret de dégustation': 3_990,
  },
}
const heavy = 40_000

/**
 * Days of the invoices of a client: the segment fixes the last one (and, for new clients, the first). `onTheEdge` puts it on
 * the last day that the segment allows: exactly 3, 6, 24 or 48 months ago.
 */
export function purchaseDays({
  segment,
  count,
  onTheEdge,
  random,
}: {
  readonly segment: Segment
  readonly count: number
  readonly onTheEdge: boolean
  readonly random: Random
}): readonly Day[] {
  const [low, high] = lastPurchase[segment]!
  const noLongerNew = monthsBefore(asOf, 3)
  if (segment === 'client_chaud' && (count === 1 || onTheEdge))
    return purchasesUntil(noLongerNew - (onTheEdge ? 0 : random.integer(0, 60)), opening, count, random)
  const last = onTheEdge ? high : Math.min(workingDay(random.integer(low, high)), high)
  const earliest = segment === 'nouveau_client' ? low : opening
  return purchasesUntil(
    last,
    random.integer(earliest, segment === 'client_chaud' ? Math.min(last, noLongerNew) : last),
    count,
    random,
  )
}

function purchasesUntil(last: Day, first: Day, count: number, random: Random): readonly Day[] {
  if (count === 1) return [last]
  return [first, ...Array.from({ length: count - 2 }, () => random.integer(first, last)), last].sort(
    (a, b) => a - b,
  )
}

/** One invoice a day; dear things are bought one at a time. */
export function drawInvoices(
  days: readonly Day[],
  kind: Activity,
  channel: Person['channel'],
  random: Random,
): readonly Invoice[] {
  const products = catalogue[kind]
  return days.map((day, index) => {
    const product = random.pick(Object.keys(products))
    const price = products[product]!
    const quantity = price >= heavy ? 1 : random.integer(1, kind === 'particulier' ? 3 : 8)
    const discount = random.weighted({ 0: 70, 5: 15, 10: 12, 20: 3 })
    const credit = index > 0 && index < days.length - 1 && random.chance(0.02)
    const cents = Math.round((price * quantity * (100 - Number(discount))) / 100)
    return {
      day,
      product,
      quantity: credit ? -quantity : quantity,
      cents: credit ? -cents : cents,
      channel: index === 0 ? channel : random.pick(['salon', 'autre', 'inconnu']),
    }
  })
}
