import type { Person } from './person.ts'

/** Prices of ARGICRV in cents without tax. */
export const cabinetPrices = { S: 149_000, M: 289_000, L: 549_000, XL: 1_190_000 } as const

/** The proposed size: individuals S, M from 6 orders a year; restaurants M, L from 12, XL from 52; estates M, L from 200 hl, XL from 1,000. */
export function cabinetSize({
  kind,
  ordersAYear,
  productionTenths,
}: Pick<Person, 'kind' | 'ordersAYear' | 'productionTenths'>): keyof typeof cabinetPrices {
  switch (kind) {
    case 'particulier':
      return ordersAYear >= 6 ? 'M' : 'S'
    case 'restaurateur':
      return ordersAYear >= 52 ? 'XL' : ordersAYear >= 12 ? 'L' : 'M'
    case 'domaine':
      return productionTenths >= 10_000 ? 'XL' : productionTenths >= 2_000 ? 'L' : 'M'
  }
}
