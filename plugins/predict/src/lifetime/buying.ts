import {
  type BgNbd,
  bgNbdAlive,
  bgNbdExpected,
  type Customer,
  type ParetoNbd,
  paretoNbdAlive,
  paretoNbdExpected,
} from '@sillage/stats'

/** A fitted model of when customers buy and leave. */
export type Buying =
  | { readonly name: 'bg-nbd'; readonly parameters: BgNbd }
  | { readonly name: 'pareto-nbd'; readonly parameters: ParetoNbd }

/** What a model says of one customer; times in the unit of the model. */
export interface Buyer {
  readonly alive: (customer: Customer) => number
  readonly expected: (customer: Customer, time: number) => number
}

export function buyerOf(buying: Buying): Buyer {
  switch (buying.name) {
    case 'bg-nbd':
      return {
        alive: (customer) => bgNbdAlive(buying.parameters, customer),
        expected: (customer, time) => bgNbdExpected(buying.parameters, customer, time),
      }
    case 'pareto-nbd':
      return {
        alive: (customer) => paretoNbdAlive(buying.parameters, customer),
        expected: (customer, time) => paretoNbdExpected(buying.parameters, customer, time),
      }
  }
}
