/** What a column of a contract becomes. */
export type Target =
  | { readonly kind: 'text' | 'integer' | 'double' | 'boolean' | 'date' | 'timestamp' }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }

const plain = ['text', 'integer', 'double', 'boolean', 'date', 'timestamp'] as const

export const knownTypes = [...plain, 'decimal(p,s)']

/** `decimal(18, 4)` → its parts; undefined where the text names no type. DuckDB holds at most 38 digits. */
export function parseTarget(text: string): Target | undefined {
  const kind = plain.find((name) => name === text.trim())
  if (kind) return { kind }
  const [, p, s] = /^decimal\(\s*(\d+)\s*,\s*(\d+)\s*\)$/.exec(text.trim()) ?? []
  const [precision, scale] = [Number(p), Number(s)]
  return precision >= 1 && precision <= 38 && scale <= precision
    ? { kind: 'decimal', precision, scale }
    : undefined
}

/** DuckDB's name of the type. */
export function sqlTypeOf(target: Target): string {
  switch (target.kind) {
    case 'text':
      return 'varchar'
    case 'integer':
      return 'bigint'
    case 'decimal':
      return `decimal(${target.precision}, ${target.scale})`
    case 'double':
    case 'boolean':
    case 'date':
    case 'timestamp':
      return target.kind
    default:
      return target satisfies never
  }
}
