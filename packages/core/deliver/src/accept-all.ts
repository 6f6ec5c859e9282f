import type { Session } from '@sillage/sql'
import { type Sql, sql } from '@sillage/sql'
import type { Outbox } from './outbox.ts'

/** Makes a table of what is known what it will be once all that waits in an outbox was accepted. */
export async function acceptAll(
  session: Session,
  outbox: Outbox,
  { known, run, at }: { readonly known: Sql; readonly run: string; readonly at: Date },
): Promise<void> {
  for (const wave of outbox.waves) {
    const entries = sql`read_parquet(${outbox.rowsFile(wave)})`
    await session.run(sql`delete from ${known} known using ${entries} entry where known.key = entry.key`.text)
    await session.run(
      sql`
        insert into ${known}
        select key, content, case when removed then 'removed' else 'accepted' end, not removed, null, null, '', ${run}, '', ${at}
        from ${entries}
      `.text,
    )
  }
}
