export { BatchWriter } from './bridge/batch-writer.ts'
export { type ReadFacts, readBatches, readWhole } from './bridge/read-batches.ts'
export { readMatrix } from './bridge/read-matrix.ts'
