export type { LineageEvent } from './event.ts'
export { Lineage, type LineageOptions } from './lineage.ts'
export { runUuid } from './run-uuid.ts'
