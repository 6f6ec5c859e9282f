import type { Session } from '@sillage/sql'
import type { Relations } from '../engine.ts'

/** What relations tell on a session that reads them. */
export function figuresOf(session: Session): Pick<Relations, 'figure' | 'probe'> {
  return {
    figure: async (select) => Number(Object.values(await session.row(select.text))[0]),
    probe: async (select) => await session.run(`select bit_xor(hash(t)) from (${select.text}) t`),
  }
}
