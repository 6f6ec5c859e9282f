import type { LifetimeConfig } from './config.ts'

/** Columns that scoring adds, in order. */
export function outputNames(config: LifetimeConfig): readonly string[] {
  return [
    'probability_alive',
    'expected_purchases',
    'expected_value',
    config.margin === undefined ? 'lifetime_revenue' : 'lifetime_value',
  ]
}
