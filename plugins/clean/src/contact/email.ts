import { disposableEmailBlocklistSet } from 'disposable-email-domains-js'
import validator from 'validator'

/** The package makes the set anew, of 70,000 domains, each time that it is asked. */
let disposable: ReadonlySet<string> | undefined

export type EmailStatus = 'ok' | 'disposable' | 'invalid' | 'missing'

/**
 * An address in small letters without what surrounds it (`mailto:`, angle brackets, blanks, a final point). Null where no server would
 * accept it. An address of a throw-away service is kept and called `disposable`.
 */
export function normaliseEmail(text: string): {
  readonly value: string | null
  readonly status: EmailStatus
} {
  const trimmed = text.replace(/[\s\u00a0\u202f\u200b\ufeff]+/gu, ' ').trim()
  if (trimmed === '') return { value: null, status: 'missing' }
  const bracketed = /<([^<>]+)>\s*$/.exec(trimmed)?.[1] ?? trimmed
  const value = bracketed
    .replace(/^mailto:/i, '')
    .replace(/[.,;:]+$/, '')
    .trim()
    .toLowerCase()
  if (!validator.isEmail(value, { allow_utf8_local_part: false })) return { value: null, status: 'invalid' }
  disposable ??= disposableEmailBlocklistSet()
  return { value, status: disposable.has(value.slice(value.lastIndexOf('@') + 1)) ? 'disposable' : 'ok' }
}
