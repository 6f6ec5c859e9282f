import { createHash, timingSafeEqual } from 'node:crypto'
import type { Role } from '../host.ts'

/** Tells the role of a token, in a time that does not depend on where it differs. */
export class Tokens {
  readonly #known: readonly { readonly role: Role; readonly digest: Buffer }[]

  constructor({ operate, read }: { readonly operate?: string; readonly read?: string }) {
    this.#known = [
      ...(operate === undefined ? [] : [{ role: 'operate' as const, digest: digestOf(operate) }]),
      ...(read === undefined ? [] : [{ role: 'read' as const, digest: digestOf(read) }]),
    ]
  }

  get none(): boolean {
    return this.#known.length === 0
  }

  /** The role of `Bearer <token>`; everyone operates where there are no tokens. Undefined for a token that is missing or wrong. */
  roleOf(authorization: string | undefined): Role | undefined {
    if (this.none) return 'operate'
    const given = digestOf(/^Bearer (\S{1,512})$/i.exec(authorization ?? '')?.[1] ?? '')
    let role: Role | undefined
    for (const known of this.#known) if (timingSafeEqual(known.digest, given)) role ??= known.role
    return role
  }
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
