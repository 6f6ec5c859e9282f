import type { Random } from './random.ts'

/** A draw from the normal distribution (Box & Muller 1958). */
function drawNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform())
}

export function drawExponential(random: Random, rate: number): number {
  return -Math.log(1 - random.uniform()) / rate
}

/** A draw from the gamma distribution with a rate (Marsaglia & Tsang 2000; shapes below 1 by their boost). */
export function drawGamma(random: Random, shape: number, rate: number): number {
  if (shape < 1) return drawGamma(random, shape + 1, rate) * (1 - random.uniform()) ** (1 / shape)
  const d = shape - 1 / 3
  for (;;) {
    const normal = drawNormal(random)
    const cube = (1 + normal / Math.sqrt(9 * d)) ** 3
    if (cube > 0 && Math.log(1 - random.uniform()) < normal ** 2 / 2 + d - d * cube + d * Math.log(cube))
      return (d * cube) / rate
  }
}

export function drawBeta(random: Random, a: number, b: number): number {
  const first = drawGamma(random, a, 1)
  return first / (first + drawGamma(random, b, 1))
}

export interface Drawn {
  readonly frequency: number
  readonly recency: number
  readonly age: number
  readonly alive: boolean
  /** Purchases within as much time again. */
  readonly later: number
}

/** A customer who buys at `rate` until `leavesAt` says so: after the purchase at a time, or before it. */
export function drawCustomer({
  random,
  rate,
  age,
  until,
  leavesAfter,
}: {
  readonly random: Random
  readonly rate: number
  readonly age: number
  readonly until: number
  readonly leavesAfter: () => boolean
}): Drawn {
  let [time, frequency, recency, later] = [0, 0, 0, 0]
  let end = until
  for (;;) {
    time += drawExponential(random, rate)
    if (time > Math.min(end, 2 * age)) break
    if (time <= age) {
      frequency += 1
      recency = time
    } else later += 1
    if (leavesAfter()) end = time
  }
  return { frequency, recency, age, alive: end > age, later }
}
