export { type Fault, faultCounts, faults } from './faults.ts'
export { generate, type Written, webLeadsSeed } from './generate.ts'
export type { Lead } from './lead.ts'
