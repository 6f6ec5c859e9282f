import { createHmac, timingSafeEqual } from 'node:crypto'
import { signatureInvalid } from './failures.ts'

const toleranceSeconds = 300

/**
 * Holds a body to its signature: `t=<seconds since 1970>,v1=<HMAC-SHA256 of "<t>.<body>" in hexadecimal>`, at most five minutes old or ahead;
 * several `v1` may stand there while a secret changes. Compared in constant time. Throws `signature_invalid`.
 */
export function assertSigned({
  header,
  body,
  secret,
  now,
}: {
  readonly header: string | undefined
  readonly body: Buffer
  readonly secret: string
  readonly now: Date
}): void {
  const parts = (header ?? '').split(',').map((part) => part.trim().split('='))
  const time = parts.find(([name]) => name === 't')?.[1]
  if (time === undefined || !/^\d{1,12}$/.test(time)) throw signatureInvalid('The signature is missing')
  const expected = sign({ body, secret, seconds: Number(time) })
  const isRight = parts
    .filter(([name]) => name === 'v1')
    .map(([, given = '']) => isSame(given, expected))
    .includes(true)
  if (!isRight) throw signatureInvalid('The signature does not belong to this body')
  if (Math.abs(now.getTime() / 1000 - Number(time)) > toleranceSeconds)
    throw signatureInvalid('The signature is more than five minutes old or ahead')
}

/** The hexadecimal HMAC of a body at a time. */
export function sign({
  body,
  secret,
  seconds,
}: {
  readonly body: Buffer
  readonly secret: string
  readonly seconds: number
}): string {
  return createHmac('sha256', secret).update(`${seconds}.`).update(body).digest('hex')
}

function isSame(given: string, expected: string): boolean {
  const [left, right] = [Buffer.from(given.toLowerCase()), Buffer.from(expected)]
  return left.length === right.length && timingSafeEqual(left, right)
}
