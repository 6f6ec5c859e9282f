/**
 * Milliseconds of a `Retry-After`, which says seconds or a date (RFC 9110, 10.2.3); undefined where it is absent, says neither, or names a
 * time that is over. `now` is in milliseconds since 1970.
 */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  const text = header?.trim() ?? ''
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now
  return Number.isFinite(ms) && ms > 0 ? ms : undefined
}
