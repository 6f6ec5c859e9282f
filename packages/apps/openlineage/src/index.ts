export type { LineageEvent } from './event.ts'
export { Lineage } from './lineage.ts'
export { runUuid } from './run-uuid.ts'
export type { LineageOptions } from './step-datasets.ts'
