import { domainToASCII, domainToUnicode } from 'node:url'

const ascii = /^[a-z0-9-]+(\.[a-z0-9-]+)*$/
/** What a label may hold (RFC 5892, about): letters, marks, digits, hyphens, the Catalan middle dot, the Japanese one, Hebrew points. */
const label = /^[\p{L}\p{M}\p{Nd}\u00b7\u0375\u05f3\u05f4\u30fb-]+$/u
const fullWidth = /[\uff01-\uff5e]/g

/** A domain in the ASCII form of RFC 5890, in small letters; undefined where no resolver takes it. */
export function domainInAscii(domain: string): string | undefined {
  if (ascii.test(domain) && !/(^|\.)xn--/.test(domain)) return sized(domain)
  const written = domain
    .replace(/[\u3002\uff0e\uff61]/g, '.')
    .replace(fullWidth, (char) => String.fromCharCode(char.charCodeAt(0) - 0xfee0))
    .toLowerCase()
    .normalize('NFC')
  if (!written.split('.').every((part) => label.test(part))) return undefined
  const made = domainToASCII(written)
  const shown = domainToUnicode(made)
  if (made === '' || !ascii.test(made) || domainToASCII(shown) !== made) return undefined
  const labels = shown.split('.')
  if (!labels.every((part) => isLabel(part))) return undefined
  return sized(made)
}

/** Of a decoded label: it is what it would be written from (NFKC), holds no second encoding, and begins with no mark. */
function isLabel(part: string): boolean {
  return (
    label.test(part) &&
    !part.startsWith('xn--') &&
    part.normalize('NFKC') === part &&
    part.toLowerCase() === part &&
    !/^\p{M}/u.test(part) &&
    !/^-|-$/.test(part)
  )
}

function sized(domain: string): string | undefined {
  return domain.length <= 253 && domain.split('.').every((part) => part.length <= 63) ? domain : undefined
}
