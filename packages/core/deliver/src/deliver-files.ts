import { createHash } from 'node:crypto'
import { createReadStream, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, relative } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { exitCode, faultPoint, SillageError, syncPath } from '@sillage/base'
import { removeBeside } from '@sillage/ledger'
import { partOfProject, reading, realPathOf } from '@sillage/plan'
import { type Sql, sql } from '@sillage/sdk'
import {
  type DeliverPort,
  type DeliveryOutcome,
  noCounts,
  type Sending,
  type SendingFile,
} from './deliver-port.ts'
import { holdDestination } from './destination-lock.ts'
import { type FileReceipt, lastFileReceipts, wasWrittenHere } from './file-receipts.ts'
import { findTrouble } from './guard.ts'
import { openBook, payloadOf, shownDestination } from './open-book.ts'
import { wholePayload } from './whole-payload.ts'

/**
 * Writes the files of a sink, where there is something to write: all rows (`full`), or those that are due. DuckDB writes each file beside
 * its final name; only a whole and durable file takes the name.
 */
export async function deliverFiles(step: SendingFile, port: DeliverPort): Promise<DeliveryOutcome> {
  const { plan } = port
  await assertOurs(step, port)
  await using _ = await holdDestination(step, {
    project: plan.project,
    command: port.run.command,
    openDatabase: port.openDatabase,
  })
  return step.delivery.mode === 'full' ? await deliverAll(step, port) : await deliverDue(step, port)
}

async function deliverAll(step: SendingFile, port: DeliverPort): Promise<DeliveryOutcome> {
  const destination = shownDestination(step)
  const { rows, trouble } = await wholePayload(step, port.session)
  if (trouble) return { destination, status: 'failed', counts: held(rows), failure: trouble }
  if (!port.rules.fullRefresh && (await isWhole(step, port)))
    return { destination, status: 'known', counts: { ...noCounts, rows, known: rows } }
  await writeFiles(step, { port, payload: sql.trusted(step.payload) })
  return {
    destination,
    status: 'sent',
    counts: { ...noCounts, rows, due: rows, sent: rows, messages: step.files.length },
  }
}

/** The file holds the due rows of one run, and is replaced by the next run that has some. */
async function deliverDue(step: SendingFile, port: DeliverPort): Promise<DeliveryOutcome> {
  const { plan, session } = port
  const { id: run, now } = port.run
  const destination = shownDestination(step)
  const book = await openBook(step, { plan, run, session, now })
  try {
    const payload = payloadOf(step)
    const { counts, troubles } = await book.due(payload)
    const { rows, merged, due, known } = counts
    const trouble = findTrouble(step, troubles)
    if (trouble)
      return {
        destination,
        status: 'failed',
        counts: { ...noCounts, rows, merged, due, known, held: due },
        failure: trouble,
      }
    if (due > 0) {
      await writeFiles(step, { port, payload: book.dueRows(payload) })
      await book.append(book.acceptedDue(destination))
    } else await noteChanged(step, port)
    await book.noteDeparted()
    return {
      destination,
      status: due > 0 ? 'sent' : 'known',
      counts: {
        ...noCounts,
        rows,
        merged,
        due,
        sent: due,
        known,
        messages: due > 0 ? step.files.length : 0,
      },
    }
  } finally {
    await book.close()
  }
}

/** Of a file that is not written. */
export function held(rows: number): DeliveryOutcome['counts'] {
  return { ...noCounts, rows, due: rows, held: rows }
}

/** True where the files were written by what is computed now, and are as they were written. */
export async function isWhole(step: SendingFile, port: DeliverPort): Promise<boolean> {
  const receipts = lastFileReceipts(port)
  for (const { path } of step.files) {
    const receipt = receipts.get(path)
    if (receipt?.fingerprint !== step.fingerprint || receipt.stage !== step.stage) return false
    const change = await changeOf(path, receipt)
    if (change === undefined) continue
    port.note(
      step.stage,
      `${relative(port.plan.project, path)} was ${change} since it was delivered: it is written again`,
    )
    return false
  }
  return true
}

/** A file of due rows cannot be written again: what was due then is accepted. */
async function noteChanged(step: SendingFile, port: DeliverPort): Promise<void> {
  const receipts = lastFileReceipts(port)
  for (const { path } of step.files) {
    const receipt = receipts.get(path)
    const change = receipt && (await changeOf(path, receipt))
    if (change === undefined) continue
    port.note(
      step.stage,
      `${relative(port.plan.project, path)} was ${change} since it was delivered; its rows are not due again: sillage resend ${port.plan.pipeline} ${step.stage} --since ${receipt!.run}`,
    )
  }
}

/** What became of a delivered file; undefined where it is as it was. */
export async function changeOf(
  path: string,
  receipt: Pick<FileReceipt, 'sha256'>,
): Promise<'removed' | 'changed' | undefined> {
  if (!existsSync(path)) return 'removed'
  return (await hashOf(path)) === receipt.sha256 ? undefined : 'changed'
}

/** A file is written over only where Sillage wrote it, and never where the project keeps what it lives by. */
async function assertOurs(
  step: Pick<Sending, 'stage' | 'delivery' | 'files' | 'payload' | 'columns'>,
  port: DeliverPort,
): Promise<void> {
  const { plan } = port
  for (const file of step.files) {
    const { path } = file
    const real = realPathOf(path)
    const part = partOfProject(real, plan)
    const shown = relative(plan.project, path)
    if (part !== undefined)
      throw new SillageError({
        code: 'destination_of_project',
        message: `"${step.stage}" would write over ${part}`,
        hint: 'deliver to a separate folder, such as out/',
        exit: exitCode.invalid,
      })
    if (existsSync(path) && !wasWrittenHere(path, port) && !(await looksOurs(step, { file, port })))
      throw new SillageError({
        code: 'destination_not_ours',
        message: `"${step.stage}" would write over ${shown}, which no run delivered`,
        hint: 'move it away, or give the stage another path',
        facts: { path },
      })
  }
}

/** Where the state was lost there is no receipt: a file of the same columns is taken for an earlier one of the stage. */
async function looksOurs(
  step: Pick<Sending, 'payload' | 'columns'>,
  { file, port }: { readonly file: Sending['files'][number]; readonly port: DeliverPort },
): Promise<boolean> {
  if (lastFileReceipts(port).size > 0) return false
  const { session } = port
  const reader =
    file.format === 'csv'
      ? sql`read_csv(${file.path}, header = true, all_varchar = true, delim = ${String(file.options.delimiter ?? ',')}, strict_mode = false)`
      : file.format === 'parquet'
        ? sql`read_parquet(${file.path})`
        : sql`read_json_auto(${file.path})`
  const namesOf = async (select: Sql): Promise<readonly string[]> =>
    (await session.table(sql`select * from (${select}) limit 0`.text)).columns.map(({ name }) => name)
  const there = await namesOf(sql`select * from ${reader}`).catch(() => undefined)
  const now = await namesOf(reading(sql.trusted(file.select), sql.trusted(step.payload)))
  return there !== undefined && JSON.stringify(there) === JSON.stringify(now)
}

async function writeFiles(
  step: SendingFile,
  { port, payload }: { readonly port: DeliverPort; readonly payload: Sql },
): Promise<void> {
  const { session, plan, state } = port
  const { id: run, now } = port.run
  for (const file of step.files) {
    const partial = `${file.path}.${run}.partial`
    mkdirSync(dirname(file.path), { recursive: true })
    removeBeside(file.path, /^\.[\dTa-f-]+\.partial$/)
    try {
      const { Count: rows } = await session.row<{ Count: number }>(
        `copy (${reading(sql.trusted(file.select), payload).text}) to ${sql.literal(partial).text} (${copyOptions(file)})`,
      )
      const sha256 = await hashOf(partial)
      const { size: bytes } = statSync(partial)
      syncPath(partial)
      const receipt: FileReceipt = {
        stage: step.stage,
        run,
        file: relative(plan.project, file.path),
        sha256,
        fingerprint: step.fingerprint,
        rows,
        bytes,
        sent_at: now().toISOString(),
      }
      // The receipt goes first: a file without one would count as somebody else's.
      state.append({ kind: 'receipts', pipeline: plan.pipeline, run, records: [receipt] })
      faultPoint('file.before_rename')
      renameSync(partial, file.path)
      faultPoint('file.after_rename')
      syncPath(dirname(file.path))
    } finally {
      rmSync(partial, { force: true })
    }
  }
}

function copyOptions({ format, options }: Sending['files'][number]): string {
  return [
    `format ${format}`,
    ...Object.entries(options).map(([name, value]) => `${name} ${sql.literal(value).text}`),
  ].join(', ')
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}
