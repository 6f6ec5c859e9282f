import { batch } from './batch/batch.ts'
import type { Bench } from './bench.ts'
import { bridgeIn, bridgeOut } from './bridge.ts'
import { chain } from './chain/chain.ts'
import { components } from './components/components.ts'
import { deliver } from './deliver/deliver.ts'
import { inbox } from './inbox/inbox.ts'
import { incremental } from './incremental.ts'
import { memory } from './memory/memory.ts'
import { memory50m } from './memory/whole-chain.ts'
import { serve } from './serve.ts'
import { validate } from './validate.ts'
import { workers } from './workers.ts'

export const benches: readonly Bench[] = [
  chain,
  bridgeOut,
  bridgeIn,
  workers,
  batch,
  memory,
  memory50m,
  validate,
  incremental,
  components,
  deliver,
  inbox,
  serve,
]
