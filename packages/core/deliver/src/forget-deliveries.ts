import { renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { syncPath } from '@sillage/base'
import type { Session } from '@sillage/sql'
import { type Sql, sql } from '@sillage/sql'
import { sendRemovals } from './deliver-messages.ts'
import type { DeliverPort, Sending } from './deliver-port.ts'
import { Outbox } from './outbox.ts'
import { type DeliveryFolders, knownPlaces } from './place.ts'
import { segmentNames } from './segments.ts'
import { placeFolders } from './waiting.ts'

/** By which values a person is known in what was delivered. */
export interface PersonValues {
  /** Values that stand for the person wherever they stand. */
  readonly anywhere: readonly string[]
  /** Values that do so in columns of these names alone: short ones stand elsewhere by chance. */
  readonly inColumns: readonly { readonly value: string; readonly columns: readonly string[] }[]
}

/** Rows of which the key holds a value of the person. */
export function isOfPerson(key: Sql, { anywhere, inColumns }: PersonValues): Sql {
  const textOf = (name: Sql): Sql =>
    sql`lower(json_extract_string(${key}, concat('$."', replace(${name}, '"', '\\"'), '"')))`
  const lower = sql.list(anywhere.map((value) => value.toLowerCase()))
  const parts = [
    sql`list_has_any(list_transform(json_keys(${key}), lambda name: ${textOf(sql`name`)}), ${lower}::varchar[])`,
    ...inColumns.flatMap(({ value, columns }) =>
      columns.map((name) => sql`${textOf(sql.literal(name))} = ${value.toLowerCase()}`),
    ),
  ]
  return sql`(json_valid(${key}) and coalesce(${sql.join(parts, ' or ')}, false))`
}

export interface ForgottenFile {
  readonly file: string
  readonly rows: number
}

/** Takes a person out of what was accepted, and drops the messages that wait and hold them: their other rows are due again. */
export async function forgetDeliveries(
  session: Session,
  folders: DeliveryFolders,
  person: PersonValues,
): Promise<readonly ForgottenFile[]> {
  const changed: ForgottenFile[] = []
  for (const folder of placeFolders(folders))
    changed.push(
      ...(dirname(folder) === folders.outbox
        ? await dropMessages(session, folder, person)
        : await dropRows(session, folder, person)),
    )
  return changed
}

async function dropRows(
  session: Session,
  folder: string,
  person: PersonValues,
): Promise<readonly ForgottenFile[]> {
  const changed: ForgottenFile[] = []
  for (const name of segmentNames(folder)) {
    const file = join(folder, name)
    const rows = await rewriteWithout(session, { file, goes: isOfPerson(sql`key`, person) })
    if (rows > 0) changed.push({ file, rows })
  }
  return changed
}

/** Messages that wait and hold the person go as a whole, the file of the messages first. */
async function dropMessages(
  session: Session,
  folder: string,
  person: PersonValues,
): Promise<readonly ForgottenFile[]> {
  const changed: ForgottenFile[] = []
  const outbox = new Outbox(session, folder)
  for (const wave of outbox.waves) {
    const file = outbox.file(wave)
    const rowsFile = outbox.rowsFile(wave)
    const values = person.anywhere.map(
      (value) => sql`contains(lower(body), lower(${JSON.stringify(value).slice(1, -1)}))`,
    )
    const ofRows = sql`number in (select number from read_parquet(${rowsFile}) where ${isOfPerson(sql`key`, person)})`
    const rows = await rewriteWithout(session, {
      file,
      goes: sql`(${sql.join([ofRows, ...values], ' or ')})`,
    })
    if (rows === 0) continue
    await rewriteWithout(session, {
      file: rowsFile,
      goes: sql`number not in (select number from read_parquet(${file}))`,
    })
    changed.push({ file, rows })
  }
  return changed
}

async function rewriteWithout(
  session: Session,
  { file, goes }: { readonly file: string; readonly goes: Sql },
): Promise<number> {
  const rows = sql`read_parquet(${file})`
  const { n } = await session.row<{ n: number }>(sql`select count(*) as n from ${rows} where ${goes}`.text)
  if (n === 0) return 0
  const next = `${file}.partial`
  await session.run(
    `copy (${sql`select * from ${rows} where not ${goes}`.text}) to ${sql.literal(next).text} (format parquet, compression zstd)`,
  )
  syncPath(next)
  renameSync(next, file)
  syncPath(dirname(file))
  return n
}

/** What became of a person at a receiver that is kept in step. */
export interface MirrorTold {
  readonly stage: string
  readonly destination: string
  /** False: the receiver still has the person. */
  readonly told: boolean
  readonly why?: string
}

/** Tells the receivers of mirrors that a person is gone, before Sillage forgets that they have them. */
export async function tellMirrors(
  steps: readonly Sending[],
  port: DeliverPort,
  { folders, person }: { readonly folders: DeliveryFolders; readonly person: PersonValues },
): Promise<readonly MirrorTold[]> {
  const found: MirrorTold[] = []
  for (const [name, place] of knownPlaces(folders)) {
    if (place.mode !== 'mirror') continue
    const files = segmentNames(join(folders.deliveries, name)).map((one) =>
      join(folders.deliveries, name, one),
    )
    if (files.length === 0) continue
    const known = await port.session.row<{ n: number }>(
      sql`select count(*) as n from read_parquet(${sql.list(files)}) where told and ${isOfPerson(sql`key`, person)}`
        .text,
    )
    if (known.n === 0) continue
    const step = steps.find((one) => one.stage === place.stage)
    const told = step
      ? await sendRemovals(step, port, isOfPerson(sql`known.key`, person))
      : 'the pipeline has no such stage any more'
    const { stage, destination } = place
    found.push({ stage, destination, told: told === undefined, ...(told === undefined ? {} : { why: told }) })
  }
  return found
}
