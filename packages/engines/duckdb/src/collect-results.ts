import { setImmediate as nextTurn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

let collect: (() => void) | undefined

/**
 * Frees the results of DuckDB that nobody holds any more. They go when JavaScript's collector finds them, and it does not know how large
 * they are: between two of its full rounds, of which it sees no need, tens of megabytes of them gather.
 */
export async function collectResults(): Promise<void> {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc')
    collect = runInNewContext('gc') as () => void
    setFlagsFromString('--no-expose-gc')
  }
  collect()
  // What is found is freed in the next turn.
  await nextTurn()
}
