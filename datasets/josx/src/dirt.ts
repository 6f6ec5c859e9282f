import type { Random } from '@sillage/stats'
import { withoutAccents } from './contact-points.ts'
import { fromWindows1252 } from './windows-1252.ts'

/** One slip of the keyboard: two letters swapped, one lost, one doubled, or a neighbour hit. Never the first letter. */
export function typo(text: string, random: Random): string {
  if (text.length < 4) return text
  const at = random.integer(1, text.length - 3)
  const [before, here, next, after] = [text.slice(0, at), text[at]!, text[at + 1]!, text.slice(at + 2)]
  switch (random.weighted({ swapped: 4, lost: 3, doubled: 2, neighbour: 2 })) {
    case 'swapped':
      return here === next ? `${before}${here}${after}` : `${before}${next}${here}${after}`
    case 'lost':
      return `${before}${next}${after}`
    case 'doubled':
      return `${before}${here}${here}${next}${after}`
    case 'neighbour':
      return `${before}${neighbours[here.toLowerCase()] ?? 'e'}${next}${after}`
  }
}

/** Keys to the right on a French keyboard. */
const neighbours: Readonly<Record<string, string>> = {
  a: 'z',
  e: 'r',
  i: 'o',
  l: 'm',
  n: 'b',
  o: 'p',
  r: 't',
  s: 'd',
  t: 'y',
  u: 'i',
  m: 'l',
}

/** A name in one of the cases that the files mix. */
export function typedCase(text: string, random: Random): string {
  switch (random.weighted({ asIs: 62, upper: 22, upperPlain: 8, lower: 5, plain: 3 })) {
    case 'asIs':
      return text
    case 'upper':
      return text.toUpperCase()
    case 'upperPlain':
      return withoutAccents(text).toUpperCase()
    case 'lower':
      return text.toLowerCase()
    case 'plain':
      return withoutAccents(text)
  }
}

/** A commune as it is written on envelopes: `ST ETIENNE`, `LYON CEDEX 03`. */
export function typedCity(city: string, random: Random): string {
  switch (random.weighted({ asIs: 66, postal: 24, cedex: 2, spaced: 8 })) {
    case 'asIs':
      return city
    case 'postal':
      return withoutAccents(city)
        .toUpperCase()
        .replaceAll(/[-']/g, ' ')
        .replace(/^SAINTE /, 'STE ')
        .replace(/^SAINT /, 'ST ')
    case 'cedex':
      return `${withoutAccents(city).toUpperCase()} CEDEX`
    case 'spaced':
      return ` ${city.replaceAll('-', ' ')}  `
  }
}

/** Text of UTF-8 that was read as Windows-1252 once: `é` becomes `Ã©`. */
export function mojibake(text: string): string {
  return fromWindows1252(new TextEncoder().encode(text))
}
