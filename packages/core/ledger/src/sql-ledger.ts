import { type Session, sql } from '@sillage/sql'
import type { Ledger, ModelRecord, Publication, StageRejects } from './port.ts'
import type {
  CheckRecord,
  CurrentStep,
  KnownCursor,
  KnownParts,
  RejectRecord,
  RowRange,
  StepAction,
  StepCounts,
  WarningRecord,
} from './records.ts'

/** Grows with the layout of the working database: one of another number is built anew, since it is a cache. */
export const ledgerVersion = 3

const tables = `
create schema if not exists sillage;
create table if not exists sillage.version (number integer);
create table if not exists sillage.runs (run varchar primary key, pipeline varchar, status varchar, started_at timestamp, finished_at timestamp, as_of date, command varchar);
create table if not exists sillage.current (stage varchar primary key, fingerprint varchar, run varchar, rows_in bigint, rows_out bigint, rejected bigint, merged bigint, filtered bigint, seconds double);
create table if not exists sillage.steps (run varchar, stage varchar, plugin varchar, action varchar, fingerprint varchar, rows_in bigint, rows_out bigint, rejected bigint, merged bigint, filtered bigint, seconds double);
create table if not exists sillage.checks (run varchar, stage varchar, "check" varchar, status varchar, severity varchar, found double);
create table if not exists sillage.rejects (run varchar, stage varchar, code varchar, column_name varchar, message varchar, rows bigint);
create table if not exists sillage.warnings (run varchar, stage varchar, code varchar, message varchar, hint varchar, count bigint);
create table if not exists sillage.models (stage varchar, fingerprint varchar, run varchar, model varchar);
create table if not exists sillage.publications (run varchar, fingerprint varchar, path varchar, action varchar, "at" timestamp);
create table if not exists sillage.parts (stage varchar primary key, fingerprint varchar, parts varchar);
create table if not exists sillage.reject_history (stage varchar, replayed_by varchar, replayed_at timestamp, run varchar, file varchar, line bigint, raw varchar, codes varchar[], reasons varchar[]);
create table if not exists sillage.segments (stage varchar, fingerprint varchar, first_row bigint, rows bigint, run varchar, "at" timestamp);
create table if not exists sillage.cursors (stage varchar primary key, asked varchar, cursor varchar, moved varchar, rows bigint, batches bigint, content varchar, kept_out bigint, suppressed varchar);
`

/** Makes the ledger's tables where they are absent. Returns the version found (0 for a new database). */
export async function openLedger(session: Session): Promise<number> {
  for (const statement of tables.split(';\n').filter((text) => text.trim())) await session.run(statement)
  const [found] = await session.rows<{ number: number }>('select number from sillage.version')
  if (!found) await session.run(`insert into sillage.version values (${ledgerVersion})`)
  return found?.number ?? 0
}

/** The version of a ledger that is there; undefined where there is none. */
export async function readVersion(session: Session): Promise<number | undefined> {
  const known = await session.rows(
    `select 1 from duckdb_tables() where schema_name = 'sillage' and table_name = 'version'`,
  )
  if (known.length === 0) return undefined
  const [found] = await session.rows<{ number: number }>('select number from sillage.version')
  return found?.number
}

/** What is known of each stage whose table is there. One whose table somebody dropped is as if it never ran. */
export async function currentSteps(session: Session): Promise<ReadonlyMap<string, CurrentStep>> {
  const rows = await session.rows(
    `select * from sillage.current where lower(stage) in (select lower(table_name) from duckdb_tables() where schema_name = 'step')`,
  )
  return new Map(rows.map((row) => [String(row.stage), row as unknown as CurrentStep]))
}

/** Replaces what is known of a stage; part of the transaction that made its data. */
export async function recordCurrent(session: Session, step: CurrentStep): Promise<void> {
  const { stage, fingerprint, run, rows_in, rows_out, rejected, merged, filtered, seconds } = step
  await session.run(
    sql`insert or replace into sillage.current values (${stage}, ${fingerprint}, ${run}, ${rows_in}, ${rows_out}, ${rejected}, ${merged}, ${filtered}, ${seconds})`
      .text,
  )
}

export async function recordStep(
  session: Session,
  step: CurrentStep & { readonly plugin: string; readonly action: StepAction },
): Promise<void> {
  const { run, stage, plugin, action, fingerprint, rows_in, rows_out, rejected, merged, filtered, seconds } =
    step
  await session.run(
    sql`insert into sillage.steps values (${run}, ${stage}, ${plugin}, ${action}, ${fingerprint}, ${rows_in}, ${rows_out}, ${rejected}, ${merged}, ${filtered}, ${seconds})`
      .text,
  )
}

export async function recordCheck(
  session: Session,
  run: string,
  { stage, check, status, severity, found }: CheckRecord,
): Promise<void> {
  await session.run(
    sql`insert into sillage.checks values (${run}, ${stage}, ${check}, ${status}, ${severity}, ${found})`
      .text,
  )
}

/** The reasons of a stage's refused rows, as they were recorded. */
export async function rejectsOf(session: Session, stage: string): Promise<readonly RejectRecord[]> {
  const rows = await session.rows(
    sql`select stage, code, column_name, message, rows from sillage.rejects where stage = ${stage}`.text,
  )
  return rows as unknown as readonly RejectRecord[]
}

/** Replaces the reasons of a stage's refused rows. */
export async function recordRejects(session: Session, { run, stage, rejects }: StageRejects): Promise<void> {
  await session.run(sql`delete from sillage.rejects where stage = ${stage}`.text)
  for (const { code, column_name, message, rows } of rejects) {
    await session.run(
      sql`insert into sillage.rejects values (${run}, ${stage}, ${code}, ${column_name}, ${message}, ${rows})`
        .text,
    )
  }
}

/** In the order in which they were recorded. */
export async function warningsOf(session: Session, stage: string): Promise<readonly WarningRecord[]> {
  const rows = await session.rows<{
    stage: string
    code: string
    message: string
    hint: string | null
    count: number | null
  }>(
    sql`select stage, code, message, hint, count from sillage.warnings where stage = ${stage} order by rowid`
      .text,
  )
  return rows.map(({ hint, count, ...warning }) => ({
    ...warning,
    ...(hint === null ? {} : { hint }),
    ...(count === null ? {} : { count }),
  }))
}

/** Part of the transaction that makes the data. */
export async function recordWarning(
  session: Session,
  run: string,
  { stage, code, message, hint, count }: WarningRecord,
): Promise<void> {
  await session.run(
    sql`insert into sillage.warnings values (${run}, ${stage}, ${code}, ${message}, ${hint ?? null}, ${count ?? null})`
      .text,
  )
}

/** Before a stage makes its rows anew. */
export async function forgetWarnings(session: Session, stage: string): Promise<void> {
  await session.run(sql`delete from sillage.warnings where stage = ${stage}`.text)
}

export async function knownParts(session: Session): Promise<ReadonlyMap<string, KnownParts>> {
  const rows = await session.rows('select stage, fingerprint, parts from sillage.parts')
  return new Map(rows.map((row) => [String(row.stage), row as unknown as KnownParts]))
}

/** Part of the transaction that makes the data. */
export async function recordParts(
  session: Session,
  { stage, fingerprint, parts }: KnownParts,
): Promise<void> {
  await session.run(
    sql`insert or replace into sillage.parts values (${stage}, ${fingerprint}, ${parts})`.text,
  )
}

/** The segments of a stage, oldest first. */
export async function rangesOf(session: Session, stage: string): Promise<readonly RowRange[]> {
  const rows = await session.rows(
    sql`select stage, fingerprint, first_row, rows, run from sillage.segments where stage = ${stage} order by first_row, "at", run`
      .text,
  )
  return rows as unknown as readonly RowRange[]
}

/** Adds a segment; with `replace` it stands for all of the table. Part of the transaction that makes the data. */
export async function recordRange(
  session: Session,
  { stage, fingerprint, first_row, rows, run }: RowRange,
  { replace, at }: { readonly replace: boolean; readonly at: Date },
): Promise<void> {
  if (replace) await session.run(sql`delete from sillage.segments where stage = ${stage}`.text)
  await session.run(
    sql`insert into sillage.segments values (${stage}, ${fingerprint}, ${first_row}, ${rows}, ${run}, ${at})`
      .text,
  )
}

/** Adds to the segment that a run made of a stage, where it made one; part of the transaction that makes the data. */
export async function growRange(
  session: Session,
  { stage, fingerprint, rows, run }: Omit<RowRange, 'first_row'>,
): Promise<boolean> {
  const mine = sql`stage = ${stage} and run = ${run}`
  const [known] = await session.rows(sql`select 1 from sillage.segments where ${mine}`.text)
  if (!known) return false
  await session.run(
    sql`update sillage.segments set rows = rows + ${rows}, fingerprint = ${fingerprint} where ${mine}`.text,
  )
  return true
}

/** By stage; none in a ledger that is older than cursors. */
export async function knownCursors(session: Session): Promise<ReadonlyMap<string, KnownCursor>> {
  const [table] = await session.rows(
    `select 1 from duckdb_tables() where schema_name = 'sillage' and table_name = 'cursors'`,
  )
  if (!table) return new Map()
  const rows = await session.rows('select * from sillage.cursors')
  return new Map(rows.map((row) => [String(row.stage), row as unknown as KnownCursor]))
}

/** Part of the transaction that makes the data. */
export async function recordCursor(
  session: Session,
  { stage, asked, cursor, moved, rows, batches, content, kept_out, suppressed }: KnownCursor,
): Promise<void> {
  await session.run(
    sql`insert or replace into sillage.cursors values (${stage}, ${asked}, ${cursor}, ${moved}, ${rows}, ${batches}, ${content}, ${kept_out}, ${suppressed})`
      .text,
  )
}

/** The ranges of all stages, oldest first. */
async function allRanges(session: Session): Promise<ReadonlyMap<string, readonly RowRange[]>> {
  const rows = (await session.rows(
    'select stage, fingerprint, first_row, rows, run from sillage.segments order by stage, first_row, "at", run',
  )) as unknown as readonly RowRange[]
  const found = new Map<string, RowRange[]>()
  for (const range of rows) found.set(range.stage, [...(found.get(range.stage) ?? []), range])
  return found
}

/** The ledger of a working database, on a session of it. */
export class SqlLedger implements Ledger {
  readonly #session: Session

  constructor(session: Session) {
    this.#session = session
  }

  known: Ledger['known'] = async () => ({
    steps: await currentSteps(this.#session),
    parts: await knownParts(this.#session),
    cursors: await knownCursors(this.#session),
    ranges: await allRanges(this.#session),
  })

  recordStep: Ledger['recordStep'] = (step) => recordStep(this.#session, step)

  recordCheck: Ledger['recordCheck'] = (run, check) => recordCheck(this.#session, run, check)

  recordRejects: Ledger['recordRejects'] = (refused) => recordRejects(this.#session, refused)

  lastCounts: Ledger['lastCounts'] = async () => {
    const rows = await this.#session.rows<{ stage: string }>(
      'select stage, rows_in, rows_out, rejected, merged, filtered from sillage.steps qualify row_number() over (partition by stage order by run desc) = 1',
    )
    return new Map(rows.map(({ stage, ...counts }) => [stage, counts as unknown as StepCounts]))
  }

  rejects: Ledger['rejects'] = async () =>
    (await this.#session.rows(
      'select stage, code, column_name, message, rows from sillage.rejects order by all',
    )) as unknown as readonly RejectRecord[]

  warningsOf: Ledger['warningsOf'] = (stage) => warningsOf(this.#session, stage)

  models: Ledger['models'] = async () =>
    (await this.#session.rows(
      'select stage, run, model from sillage.models order by stage',
    )) as unknown as readonly ModelRecord[]

  publications: Ledger['publications'] = async () =>
    (await this.#session.rows(
      'select run, fingerprint, path, action from sillage.publications order by rowid desc',
    )) as unknown as readonly Publication[]

  recordPublication: Ledger['recordPublication'] = ({ run, fingerprint, path, action }, at) =>
    this.#session.run(
      sql`insert into sillage.publications values (${run}, ${fingerprint}, ${path}, ${action}, ${at})`.text,
    )
}
