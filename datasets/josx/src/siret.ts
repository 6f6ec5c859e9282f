import type { Random } from '@sillage/stats'

/** What is wrong with a SIRET as it stands in a file; `none` where the contact has no company. */
export type SiretState = 'valid' | 'bad_check_digit' | 'truncated' | 'missing' | 'none'

/** True where the digits pass the check of Luhn (ISO/IEC 7812-1). */
export function isLuhn(digits: string): boolean {
  let sum = 0
  for (const [index, char] of [...digits].reverse().entries()) {
    const doubled = Number(char) * (index % 2 === 0 ? 1 : 2)
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return digits.length > 0 && sum % 10 === 0
}

/** A made-up SIRET: a SIREN with its check digit, then a number of establishment with its own. One in twelve starts with 0. */
export function drawSiret(random: Random): string {
  const siren = withCheckDigit(`${random.chance(1 / 12) ? 0 : random.integer(3, 9)}${digits(random, 7)}`)
  return withCheckDigit(`${siren}${String(random.integer(1, 9)).padStart(4, '0')}`)
}

/** A SIRET as someone typed it, and its state. */
export function typedSiret(
  siret: string,
  random: Random,
): { readonly text: string; readonly state: SiretState } {
  if (siret === '') return { text: '', state: 'none' }
  const state = random.weighted({ valid: 89, bad_check_digit: 3, truncated: 2, missing: 6 })
  switch (state) {
    case 'valid':
      return { text: random.chance(0.25) ? spaced(siret) : siret, state }
    case 'bad_check_digit':
      return { text: `${siret.slice(0, 13)}${(Number(siret[13]) + random.integer(1, 9)) % 10}`, state }
    case 'truncated':
      return { text: siret.slice(1), state }
    case 'missing':
      return { text: '', state }
  }
}

function withCheckDigit(stem: string): string {
  return `${stem}${[0, 1, 2, 3, 4, 5, 6, 7, 8, 9].find((digit) => isLuhn(`${stem}${digit}`))}`
}

function digits(random: Random, count: number): string {
  return Array.from({ length: count }, () => random.integer(0, 9)).join('')
}

function spaced(siret: string): string {
  return `${siret.slice(0, 3)} ${siret.slice(3, 6)} ${siret.slice(6, 9)} ${siret.slice(9)}`
}
