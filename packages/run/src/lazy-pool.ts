import type { Budget } from './budget.ts'
import { WorkerPool } from './workers/worker-pool.ts'
