import type { Bench } from './bench.ts'
import { chain } from './chain/chain.ts'
import { memory } from './memory/memory.ts'
import { validate } from './validate.ts'

export const benches: readonly Bench[] = [chain, memory, validate]
