/** One measured piece of work; CPU counts all threads of the process, DuckDB's too. */
export interface Taken {
  readonly wallMs: number
  readonly cpuMs: number
}

/** Something to measure: `work` is timed, the rest is not. */
export interface Contender {
  readonly before?: () => Promise<void> | void
  readonly work: () => Promise<void>
  readonly after?: () => Promise<void> | void
}

/**
 * Measures contenders in turn, so that whatever slows the machine slows all of them, after one round that does not count. The
 * order turns round from one round to the next.
 */
export async function interleave<K extends string>(
  contenders: Readonly<Record<K, Contender>>,
  rounds: number,
): Promise<Readonly<Record<K, readonly Taken[]>>> {
  const names = Object.keys(contenders) as K[]
  const taken = Object.fromEntries(names.map((name) => [name, [] as Taken[]])) as Record<K, Taken[]>
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const one = await measure(contenders[name])
      if (round > 0) taken[name].push(one)
    }
  }
  return taken
}

/** The median over the rounds of `above / below`. */
export function ratio(
  above: readonly Taken[],
  below: readonly Taken[],
  of: keyof Taken,
): { readonly value: number; readonly detail: string } {
  const value = median(above.map((one, round) => one[of] / below[round]![of]))
  return {
    value,
    detail: `${seconds(median(above.map((one) => one[of])))} / ${seconds(median(below.map((one) => one[of])))}`,
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

async function measure({ before, work, after }: Contender): Promise<Taken> {
  await before?.()
  globalThis.gc?.()
  const cpu = process.cpuUsage()
  const start = performance.now()
  await work()
  const wallMs = performance.now() - start
  const { user, system } = process.cpuUsage(cpu)
  await after?.()
  return { wallMs, cpuMs: (user + system) / 1000 }
}

function seconds(ms: number): string {
  return ms < 1000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(2)} s`
}
