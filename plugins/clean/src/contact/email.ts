import { disposableEmailBlocklistSet } from 'disposable-email-domains-js'
import validator from 'validator'
import { bareText } from './bare-text.ts'
import { domainInAscii } from './email-domain.ts'

/** The package makes the set anew, of 70,000 domains, each time that it is asked. */
let disposable: ReadonlySet<string> | undefined

export type EmailStatus = 'ok' | 'disposable' | 'invalid' | 'missing'

const plainLocal = /^[a-z0-9!#$%&'*+/=?^_`{|}~.-]+$/

/**
 * An address in small letters without what surrounds it (`mailto:`, angle brackets, blanks, a final point), its domain as servers write it
 * (`münchen.example` → `xn--mnchen-3ya.example`, RFC 5890). Null where no server would accept it, where it is quoted, and where letters
 * beyond ASCII stand before the @ (RFC 6531: few receivers take them, and they are mostly slips). An address of a throw-away service is kept
 * and called `disposable`.
 */
export function normaliseEmail(text: string): {
  readonly value: string | null
  readonly status: EmailStatus
} {
  const bare = bareText(text)
  if (bare === '') return { value: null, status: 'missing' }
  const bracketed = /^[^<>]*<([^<>]+)>$/.exec(bare)?.[1] ?? bare
  const address = bareText(
    bracketed
      .trim()
      .replace(/^mailto:/i, '')
      .replace(/\?(subject|body|cc|bcc)=.*$/is, '')
      .replace(/[.,;:]+$/, ''),
  ).toLowerCase()
  const at = address.lastIndexOf('@')
  const domain = domainInAscii(address.slice(at + 1))
  const local = address.slice(0, Math.max(0, at))
  const value = `${local}@${domain}`
  if (domain === undefined || !plainLocal.test(local) || !validator.isEmail(value))
    return { value: null, status: 'invalid' }
  disposable ??= disposableEmailBlocklistSet()
  return { value, status: disposable.has(domain) ? 'disposable' : 'ok' }
}
