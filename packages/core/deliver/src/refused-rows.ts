import { sql } from '@sillage/sdk'
import type { Sending, SendingPort } from './deliver-port.ts'
import type { DeliveryBook } from './delivery-book.ts'
import { keyOf } from './due.ts'
import { payloadOf } from './open-book.ts'

/** Shows the rows that the receiver refuses as `reject.<stage>`, with its words, and counts them by reason. Gives how many there are. */
export async function keepRefused(
  step: Pick<Sending, 'stage' | 'payload' | 'columns' | 'delivery'>,
  book: DeliveryBook,
  { session, run: { id: run }, recordRejects }: Pick<SendingPort, 'session' | 'run' | 'recordRejects'>,
): Promise<number> {
  const { stage } = step
  const table = book.refused
  const view = sql.id('reject', stage)
  const [any] = await session.rows(sql`select 1 from ${book.known} where state = 'refused' limit 1`.text)
  const drop = async (): Promise<number> => {
    await session.run(`drop view if exists ${view.text}`)
    await session.run(`drop table if exists ${table.text}`)
    await recordRejects({ run, stage, rejects: [] })
    return 0
  }
  if (!any) return await drop()
  const payload = payloadOf(step)
  const names = sql.join(payload.columns.map(({ name }) => sql.id('payload', name)))
  await session.run(
    sql`
      create or replace table ${table} as
      select ${names}, [known.code] as codes, [known.message] as reasons, known.run as run, known."at" as "at"
      from (select *, ${keyOf(payload)} as sillage_key from (${payload.select})) payload
      join ${book.known} known on known.key = payload.sillage_key
      where known.state = 'refused'
    `.text,
  )
  const reasons = await session.rows<{ code: string; rows: number }>(
    sql`select codes[1] as code, count(*) as rows from ${table} group by all order by all`.text,
  )
  if (reasons.length === 0) return await drop()
  await session.run(sql`create or replace view ${view} as select * from ${table}`.text)
  await recordRejects({
    run,
    stage,
    // The receiver's own words may hold a value of a customer: they stand beside the row alone.
    rejects: reasons.map(({ code, rows }) => ({
      stage,
      code,
      column_name: null,
      message: 'the receiver refused the row',
      rows,
    })),
  })
  return reasons.reduce((sum, { rows }) => sum + rows, 0)
}
