/**
 * Seeded chance. The same seed gives the same numbers on every machine: only 32-bit integer arithmetic is used, and
 * `uniform` divides by a power of two.
 */
export interface Random {
  /** An integer in [0, 2^32). */
  readonly uint32: () => number
  /** A multiple of 2^-32 in [0, 1). */
  readonly uniform: () => number
  /** An integer in [low, high], both included. */
  readonly integer: (low: number, high: number) => number
  /** True with the given probability. */
  readonly chance: (probability: number) => boolean
  /** One element of a list that is not empty. */
  readonly pick: <T>(list: readonly T[]) => T
  /** A key of the map, with a probability proportional to its weight. */
  readonly weighted: <K extends string>(weights: Readonly<Record<K, number>>) => K
  /** A shuffled copy (Fisher and Yates). */
  readonly shuffled: <T>(list: readonly T[]) => T[]
  /** A generator of its own for a label, whatever was drawn before: a new concept does not move the others' draws. */
  readonly fork: (label: string) => Random
}

/** A generator for a seed: xoshiro128** (Blackman & Vigna 2018), whose state is filled from a hash of the seed. */
export function createRandom(seed: number | string): Random {
  const state = stateOf(String(seed))

  const uint32 = (): number => {
    const result = Math.imul(rotate(Math.imul(state[1]!, 5), 7), 9) >>> 0
    const shifted = state[1]! << 9
    state[2]! ^= state[0]!
    state[3]! ^= state[1]!
    state[1]! ^= state[2]!
    state[0]! ^= state[3]!
    state[2]! ^= shifted
    state[3] = rotate(state[3]!, 11)
    return result
  }
  const uniform = (): number => uint32() / 2 ** 32
  const integer = (low: number, high: number): number => low + Math.floor(uniform() * (high - low + 1))

  return Object.freeze({
    uint32,
    uniform,
    integer,
    chance: (probability: number) => uniform() < probability,
    pick: <T>(list: readonly T[]): T => list[integer(0, list.length - 1)]!,
    weighted: <K extends string>(weights: Readonly<Record<K, number>>): K => weightedKey(weights, uniform()),
    shuffled: <T>(list: readonly T[]): T[] => shuffle([...list], integer),
    fork: (label: string) => createRandom(`${seed}/${label}`),
  })
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits))
}

function stateOf(seed: string): Uint32Array {
  let hash = 0x811c9dc5
  for (const char of seed) hash = Math.imul(hash ^ char.codePointAt(0)!, 0x01000193)
  return Uint32Array.from({ length: 4 }, () => {
    hash = (hash + 0x9e3779b9) | 0
    let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
    return (mixed ^ (mixed >>> 16)) >>> 0
  })
}

function weightedKey<K extends string>(weights: Readonly<Record<K, number>>, uniform: number): K {
  const entries = Object.entries(weights) as [K, number][]
  let left = uniform * entries.reduce((sum, [, weight]) => sum + weight, 0)
  for (const [key, weight] of entries) {
    if (left < weight) return key
    left -= weight
  }
  return entries.at(-1)![0]
}

function shuffle<T>(list: T[], integer: (low: number, high: number) => number): T[] {
  for (let last = list.length - 1; last > 0; last -= 1) {
    const other = integer(0, last)
    const kept = list[last]!
    list[last] = list[other]!
    list[other] = kept
  }
  return list
}
