import { type Sql, sql } from '@sillage/sdk'
import type { DeliverPort, Sending } from './deliver-port.ts'
import { keyOf } from './due.ts'
import { openBook, payloadOf } from './open-book.ts'
import { segmentColumns } from './segments.ts'

/** Which rows of a sink are sent again. Nothing said: all that the receiver was told. */
export interface ResendChoice {
  /** Rows that the receiver refused. */
  readonly failed?: boolean | undefined
  /** Rows of which it cannot be known whether they were sent. */
  readonly unknown?: boolean | undefined
  /** A run, or an instant (ISO, UTC): what was told from then on. */
  readonly since?: string | undefined
  /** A condition over the columns that are sent. */
  readonly where?: string | undefined
}

export interface Resend {
  readonly rows: number
  /** Makes the rows due again, or, with `delivered`, takes them for accepted. */
  readonly mark: (facts: { readonly delivered: boolean }) => Promise<void>
  readonly close: () => Promise<void>
}

/** Finds the rows that are to be sent again. `mark` makes it so: durable when it returns; the next run sends them. */
export async function findResend(step: Sending, port: DeliverPort, choice: ResendChoice): Promise<Resend> {
  const { plan, session } = port
  const { id: run, now } = port.run
  const book = await openBook(step, { plan, run, session, now })
  const chosen = sql`(select * from ${book.known} known where ${conditionOf(step, choice)})`
  const { n: rows } = await session.row<{ n: number }>(sql`select count(*) as n from ${chosen}`.text)
  return {
    rows,
    mark: async ({ delivered }) => {
      if (rows === 0) return
      const state = delivered ? 'accepted' : 'again'
      await book.append(
        sql`select ${segmentColumns} from (select * replace (${state} as state, ${run} as run, null::varchar as code, null::varchar as message, ${now()} as "at") from ${chosen})`,
      )
    },
    close: () => book.close(),
  }
}

function conditionOf(
  step: Pick<Sending, 'stage' | 'payload' | 'columns' | 'delivery'>,
  { failed, unknown, since, where }: ResendChoice,
): Sql {
  const states = [...(failed ? ['refused'] : []), ...(unknown ? ['unknown'] : [])]
  const ofState =
    states.length > 0
      ? sql`list_contains(${sql.list(states)}, state)`
      : sql`state in ('accepted', 'refused', 'unknown')`
  const parts = [ofState]
  if (since !== undefined)
    parts.push(/^\d{8}T\d{6}/.test(since) ? sql`run >= ${since}` : sql`"at" >= ${since}::timestamp`)
  if (where !== undefined) {
    const payload = payloadOf(step)
    parts.push(sql`key in (select ${keyOf(payload)} from (${payload.select}) where (${sql.trusted(where)}))`)
  }
  return sql.join(parts, ' and ')
}
