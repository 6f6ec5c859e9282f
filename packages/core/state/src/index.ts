export type { StateRecord } from './segment.ts'
export { openState, type State } from './state.ts'
export { deliveryKey, forgottenHash, parameterHash, suppressionPads } from './suppression-key.ts'
