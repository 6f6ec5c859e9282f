import type { Random } from '@sillage/stats'
import type { Activity } from './person.ts'

const tables = [
  'Le Bistrot',
  'La Table',
  'L’Auberge',
  'Brasserie',
  'Restaurant',
  'La Cave',
  'Le Comptoir',
  'L’Œnothèque',
  'Café',
  'Chez',
] as const
const tableEnds = [
  'du Port',
  'du Marché',
  'de la Place',
  'des Halles',
  'du Terroir',
  'de la Gare',
  'du Château',
  'des Amis',
  'du Pont',
  'des Vignes',
] as const
const estates = ['Domaine', 'Château', 'Clos', 'Mas', 'Vignobles', 'Cave', 'EARL', 'GAEC'] as const
const estateEnds = [
  'des Cèdres',
  'de la Combe',
  'du Coteau',
  'Saint-Vincent',
  'des Pins',
  'de la Chapelle',
  'du Levant',
  'des Grès',
  'de l’Étang',
] as const

/** A made-up name for a business; empty for individuals. */
export function companyName(kind: Activity, lastName: string, random: Random): string {
  switch (kind) {
    case 'restaurateur':
      return `${random.pick(tables)} ${random.chance(0.35) ? lastName : random.pick(tableEnds)}`
    case 'domaine':
      return `${random.pick(estates)} ${random.chance(0.5) ? lastName : random.pick(estateEnds)}`
    case 'particulier':
      return ''
  }
}

/** The APE code of a business (NAF rev. 2); empty for individuals. */
export function apeCode(kind: Activity, random: Random): string {
  switch (kind) {
    case 'restaurateur':
      return random.weighted({
        '56.10A': 62,
        '56.10C': 12,
        '55.10Z': 10,
        '56.30Z': 9,
        '56.21Z': 4,
        '56.10B': 3,
      })
    case 'domaine':
      return random.weighted({ '01.21Z': 68, '11.02B': 18, '11.02A': 6, '46.34Z': 8 })
    case 'particulier':
      return ''
  }
}

/** The name as another clerk would write it. */
export function otherCompanyName(company: string, random: Random): string {
  const [first = '', ...rest] = company.split(' ')
  return random.pick([
    company.toUpperCase(),
    `SARL ${company}`,
    `${company} SAS`,
    company.replace(first, `${first.slice(0, 4)}.`),
    [...rest, `(${first})`].join(' '),
  ])
}
