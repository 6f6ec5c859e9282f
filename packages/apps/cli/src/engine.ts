import type { Engine } from '@sillage/steps'

/** Where the steps of a pipeline are computed: on this machine. Loaded by the commands that need it. */
export async function loadEngine(): Promise<Engine> {
  const { duckdbEngine } = await import('@sillage/duckdb/engine')
  return duckdbEngine
}
