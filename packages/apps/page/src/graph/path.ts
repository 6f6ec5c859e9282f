import type { Line } from './layout.ts'

/** A line through the points, rounded. */
export function pathOf(points: Line['points']): string {
  const [first, ...rest] = points
  if (!first) return ''
  const parts = [`M${first.x} ${first.y}`]
  for (const [index, point] of rest.entries()) {
    const next = rest[index + 1]
    if (next) parts.push(`Q${point.x} ${point.y} ${(point.x + next.x) / 2} ${(point.y + next.y) / 2}`)
    else parts.push(`L${point.x} ${point.y}`)
  }
  return parts.join('')
}
