export { batchMaker } from './batch-maker.ts'
export { badOutput, toFault } from './fault.ts'
export { mapBatches } from './map-batches.ts'
export { verifyOutput } from './verify-output.ts'
