import type { Session } from '@sillage/sql'
import { comparePublished } from './compare-published.ts'
import type { Marts } from './port.ts'
import { publishMart } from './publish-mart.ts'
import { haveSameRows } from './same-rows.ts'
import { isReadable } from './versions.ts'

/** The marts of relations that a session reads. */
export class SqlMarts implements Marts {
  readonly #session: Session

  constructor(session: Session) {
    this.#session = session
  }

  publish: Marts['publish'] = (order) => publishMart(this.#session, order)

  compare: Marts['compare'] = (tables, version) => comparePublished(this.#session, tables, version)

  areSame: Marts['areSame'] = (tables, version) => haveSameRows(this.#session, { version, tables })

  isReadable: Marts['isReadable'] = (version) => isReadable(this.#session, version)
}
