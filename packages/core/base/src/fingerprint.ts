import { createHash } from 'node:crypto'

/** JSON with sorted keys and no undefined: the same value always gives the same text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : typeof inner === 'bigint'
        ? `${inner}n`
        : inner,
  )
}

/** The first 32 hexadecimal digits of SHA-256 over the canonical JSON of the parts, in order. */
export function fingerprint(...parts: readonly unknown[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(`${canonicalJson(part) ?? 'undefined'}\n`)
  return hash.digest('hex').slice(0, 32)
}
