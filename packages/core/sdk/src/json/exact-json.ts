import { randomUUID } from 'node:crypto'

/** Stands before the digits of a number that JavaScript would change. No text of a server can hold it by chance. */
const mark = `${randomUUID()}:`
const token = /"(?:[^"\\]|\\.)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/g
const marked = new RegExp(`"${mark}([^"]*)"`, 'g')

/**
 * Parses JSON without losing a digit: a number that JavaScript would write otherwise (`12345678901234567890`, `1.50`) is kept as its text,
 * which `textOf` gives. Throws a SyntaxError.
 */
export function parseExactly(json: string): unknown {
  return JSON.parse(
    json.replaceAll(token, (found) =>
      found.startsWith('"') || String(Number(found)) === found ? found : `"${mark}${found}"`,
    ),
  )
}

/** A value as text: numbers with their original digits, objects and lists as JSON; null for null and for an absent value. */
export function textOf(value: unknown): string | null {
  if (value === undefined || value === null) return null
  if (typeof value === 'string') return value.startsWith(mark) ? value.slice(mark.length) : value
  return typeof value === 'object' ? JSON.stringify(value).replaceAll(marked, '$1') : String(value)
}
