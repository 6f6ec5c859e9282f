import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Random } from '@sillage/stats'

/** A commune of metropolitan France with its postcodes, from @etalab/decoupage-administratif (MIT). */
interface Commune {
  readonly name: string
  readonly departement: string
  readonly postcodes: readonly string[]
  readonly population: number
}

interface Entry {
  readonly nom: string
  readonly type: string
  readonly zone: string
  readonly departement: string
  readonly codesPostaux?: readonly string[]
  readonly population?: number
}

/** Départements where estates stand, with the weight that the case gives them. */
const vineyards: Readonly<Record<string, number>> = {
  '33': 18,
  '51': 10,
  '21': 8,
  '71': 6,
  '69': 6,
  '84': 7,
  '30': 5,
  '34': 7,
  '11': 6,
  '66': 4,
  '13': 3,
  '83': 5,
  '37': 4,
  '49': 5,
  '41': 2,
  '68': 4,
  '67': 3,
  '39': 2,
  '16': 3,
  '24': 2,
  '47': 2,
  '46': 2,
  '26': 3,
  '89': 3,
}

/** Draws places: by population for towns, by the weight of the vineyard for estates. */
export interface Atlas {
  readonly communes: readonly Commune[]
  readonly town: (random: Random) => Commune
  readonly village: (random: Random) => Commune
}

export function openAtlas(): Atlas {
  const communes = readCommunes()
  const ends = cumulated(communes)
  const villages = byDepartement(communes.filter((commune) => commune.population < 8000))
  return {
    communes,
    town: (random) => communes[firstPast(ends, random.uniform() * ends.at(-1)!)]!,
    village: (random) => random.pick(villages.get(random.weighted(vineyards))!),
  }
}

function readCommunes(): readonly Commune[] {
  const path = createRequire(import.meta.url).resolve('@etalab/decoupage-administratif/data/communes.json')
  const entries = JSON.parse(readFileSync(path, 'utf8')) as readonly Entry[]
  return entries.flatMap(({ nom, type, zone, departement, codesPostaux = [], population = 0 }) =>
    type === 'commune-actuelle' && zone === 'metro' && codesPostaux.length > 0 && population > 0
      ? [{ name: nom, departement, postcodes: codesPostaux, population }]
      : [],
  )
}

function cumulated(communes: readonly Commune[]): readonly number[] {
  let sum = 0
  return communes.map((commune) => {
    sum += commune.population
    return sum
  })
}

function firstPast(ends: readonly number[], value: number): number {
  let low = 0
  let high = ends.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (ends[middle]! > value) high = middle
    else low = middle + 1
  }
  return low
}

function byDepartement(communes: readonly Commune[]): ReadonlyMap<string, readonly Commune[]> {
  const groups = new Map<string, Commune[]>()
  for (const commune of communes)
    groups.set(commune.departement, [...(groups.get(commune.departement) ?? []), commune])
  return groups
}
