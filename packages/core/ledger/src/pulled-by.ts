import { fingerprint } from '@sillage/base'
import type { Pulled } from '@sillage/plan'
import type { KnownCursor } from './records.ts'

/** What a plan knows of a source by its cursor. */
export function pulledBy({ rows, content, moved }: KnownCursor): Pulled {
  return { rows, content, cursor: fingerprint(moved) }
}
