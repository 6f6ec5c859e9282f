export { openState, type State, type StateRecord } from './state.ts'
export { forgottenHash, suppressionPads } from './suppression-key.ts'
