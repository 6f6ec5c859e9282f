import { relationOf, relationSql, type Step } from '@sillage/plan'
import { sql } from '@sillage/sdk'
import { selectAccepted, selectRefused, stepTable, unreadBelow, unreadLines } from '@sillage/steps'
import { selectRows } from './parquet-rows.ts'
import type { Snapshot } from './snapshot.ts'
import type { Workshop } from './workshop.ts'

type Shown = Pick<Workshop, 'session' | 'steps'>

/** Shows all that a snapshot has of the steps as the plan has them; what differs is made before anybody reads it. */
export async function showAll(snapshot: Snapshot, shop: Shown): Promise<void> {
  for (const step of shop.steps.values()) await showUnread(step, snapshot, shop)
  for (const step of shop.steps.values())
    if (snapshot.steps[step.stage]?.fingerprint === step.fingerprint) await showStep(step, snapshot, shop)
}

/** Shows a stored step under the names that statements use: its rows, those accepted, those refused, and its further outputs. */
export async function showStep(step: Step, snapshot: Snapshot, shop: Shown): Promise<void> {
  const { steps } = shop
  const { stage, kind } = step
  const rows = snapshot.relations[stage]
  if (rows === undefined) return
  await view(shop, stepTable(stage).text, selectRows(rows).text)
  const names = rows.columns.map(({ name }) => name)
  await view(shop, relationSql(relationOf(kind, stage)).text, selectAccepted(step, names))
  const made = { run: sql`${rows.run}`, at: sql`${rows.at}::timestamp` }
  const refused = selectRefused({ step, names, numbering: unreadBelow(step, steps), made })
  if (refused) {
    const unread =
      snapshot.relations[`${stage}.refused`] === undefined
        ? ''
        : `\nunion all by name\n${unreadLines(stage, made.run)}`
    await view(shop, sql.id('reject', stage).text, `${refused.text}${unread}`)
  }
  for (const output of Object.keys(step.outputs ?? {})) {
    const further = snapshot.relations[`${stage}.${output}`]
    if (further === undefined) continue
    const table = stepTable(stage, output).text
    await view(shop, table, selectRows(further).text)
    await view(shop, relationSql(relationOf(kind, stage, output)).text, `select * from ${table}`)
  }
}

/** Shows the lines that a scan refused. */
export async function showUnread({ stage }: Step, snapshot: Snapshot, shop: Shown): Promise<void> {
  const rows = snapshot.relations[`${stage}.refused`]
  if (rows === undefined) return
  await view(shop, stepTable(stage, 'refused').text, selectRows(rows).text)
  await view(shop, sql.id('reject', stage).text, unreadLines(stage, sql`${rows.run}`))
}

async function view({ session }: Shown, name: string, select: string): Promise<void> {
  await session.run(`create or replace view ${name} as ${select}`)
}
