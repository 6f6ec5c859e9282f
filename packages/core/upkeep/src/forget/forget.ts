import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { exitCode, newRunId, SillageError } from '@sillage/base'
import {
  deliveredOf,
  deliverSchema,
  deliveryFolders,
  forgetDeliveries,
  type MirrorTold,
  tellMirrors,
} from '@sillage/deliver'
import { type Kept, type RebuiltTable, runPaths, type Stores } from '@sillage/ledger'
import type { Pipeline, SinkStep } from '@sillage/plan'
import type { Sql } from '@sillage/sdk'
import type { Session } from '@sillage/sql'
import { keySeparator } from '@sillage/sql'
import { forgottenHash, openState, type State } from '@sillage/state'
import { historyName } from '../history/history-name.ts'
import { type KeyText, type PersonKey, resolveKeys, stageColumns } from '../person.ts'
import { type BlankRecords, blankReceived } from './blank-received.ts'
import { findIdentifiers, type Identifiers, shortest } from './identifiers.ts'
import { nextStep } from './next-step.ts'
import { rebuildMart } from './rebuild-mart.ts'
import { type Output, rebuildOutput } from './rebuild-output.ts'
import { heldInRaw, type RemovalFacts, removalFromMart, removalFromStep } from './removal.ts'
import { type Found, filesUnder, scanBytes } from './scan-bytes.ts'
import { scanRelations } from './scan-relations.ts'

/** What was done about a person, without saying who: the receipt may be kept. */
export interface ForgetReceipt {
  readonly receipt: string
  readonly pipeline: string
  readonly at: string
  /** The columns of the key and the keyed hash that stands in the suppression list. */
  readonly key: { readonly columns: readonly string[]; readonly hash: string }
  readonly searched: { readonly keys: number; readonly personal: number }
  readonly not_searched: Identifiers['not_searched']
  /** Tables and files from which rows were taken out. */
  readonly removed: readonly RebuiltTable[]
  /** Tables and files in which nothing tells whose a row is. */
  readonly not_traceable: readonly { readonly file: string; readonly table: string }[]
  /** Fitted models: they hold figures of all people together, and are fitted again by the next run. */
  readonly models: readonly string[]
  /** Views that the next run makes again. */
  readonly views: readonly string[]
  /** Where messages of this pipeline arrived before: what the receivers hold is theirs to erase. */
  readonly sent_to: readonly string[]
  /** Receivers that are kept in step: told that the person is gone, or with the person still. */
  readonly mirrors: readonly MirrorTold[]
  /** Files of the sources that hold the person still: they are not Sillage's. */
  readonly sources: readonly { readonly file: string; readonly holds: 'yes' | 'no' | 'not read' }[]
  readonly scan: {
    readonly relations: number
    readonly files: number
    readonly hits: readonly (Found & { /** What to do, so that it goes. */ readonly next: string })[]
    readonly unread: readonly { readonly file: string; readonly why: string }[]
  }
}

export interface ForgetFacts {
  readonly stores: Stores
  readonly pipeline: Pipeline
  readonly keys: readonly KeyText[]
  /** Files that the sources read, where they can be told. */
  readonly sources: readonly string[]
  /** The deliveries of the pipeline as they are planned, for telling mirrors. */
  readonly sinks?: readonly SinkStep[]
  readonly secret?: (name: string) => string
  /** Why nothing is sent; absent where messages may leave. */
  readonly notSent?: string | undefined
  readonly asOf?: string | undefined
  readonly blankRecords: BlankRecords
  readonly command: string
  readonly memoryBytes?: number | undefined
  readonly now: Date
}

/**
 * Forgets a person: enters the suppression list first, then writes every published version, output and working database anew without
 * their rows, blanks their records in what was received, then looks for what is left. May be run again where it was stopped. Throws `not_run_yet`, `busy`, and those of `resolveKeys`.
 */
export async function forget(facts: ForgetFacts): Promise<ForgetReceipt> {
  const { pipeline, now } = facts
  const { places } = pipeline
  const paths = runPaths({ places, pipeline: pipeline.name })
  const receipt = newRunId(now)
  const done = await removeEverywhere(facts, receipt)
  const { identifiers, keys } = done
  rmSync(paths.temp, { recursive: true, force: true })
  const roots = ['.sillage', 'state', 'marts'].map((name) => join(pipeline.project, name))
  const files = [
    ...new Set([
      ...filesUnder([...roots, places.work, places.state, places.marts, paths.marts]),
      ...done.outputs.map(({ path }) => path).filter((path) => existsSync(path)),
    ]),
  ]
  const all = [...identifiers.keys, ...identifiers.personal].filter(({ value }) => value.length >= shortest)
  const byValue = await scanRelations({
    openDatabase: facts.stores.openDatabase,
    files: files.filter((file) => /\.(duckdb(\.(older|newer|damaged))?|parquet)$/.test(file)),
    identifiers,
    keyNames: new Set(keys.flatMap((key) => [...key.names.values()].flatMap((names) => [...names]))),
  })
  const outputs = new Set(done.outputs.map(({ path }) => path))
  const columns = keys.map(({ column }) => column)
  const hits = [...byValue.hits, ...files.flatMap((file) => scanBytes(file, all))].map((hit) => ({
    ...hit,
    next: nextStep(hit.file, { pipeline, outputs, columns, stores: facts.stores }),
  }))
  const tables = done.removed
  return {
    receipt,
    pipeline: pipeline.name,
    at: now.toISOString(),
    key: { columns: keys.map(({ column }) => column), hash: done.hash },
    searched: { keys: identifiers.keys.length, personal: identifiers.personal.length },
    not_searched: identifiers.not_searched,
    removed: tables.filter(({ rows }) => rows > 0),
    not_traceable: tables.flatMap(({ how, file, table }) =>
      how === 'none' || how === 'value' ? [{ file, table }] : [],
    ),
    models: done.models,
    views: done.views,
    sent_to: done.sentTo,
    mirrors: done.mirrors,
    sources: facts.sources.map((file) => ({ file, holds: holds(file, identifiers) })),
    scan: { relations: byValue.relations, files: files.length, hits, unread: byValue.unread },
  }
}

interface Removed {
  readonly keys: readonly PersonKey[]
  readonly identifiers: Identifiers
  readonly hash: string
  readonly removed: readonly RebuiltTable[]
  readonly outputs: readonly Output[]
  readonly models: readonly string[]
  readonly views: readonly string[]
  readonly sentTo: readonly string[]
  readonly mirrors: readonly MirrorTold[]
}

/** All that is done while the working store is held, which goes last: a stopped run finds the way to the rest in it. */
async function removeEverywhere(facts: ForgetFacts, receipt: string): Promise<Removed> {
  const { pipeline, now, stores } = facts
  const { openDatabase } = stores
  const { places } = pipeline
  const paths = runPaths({ places, pipeline: pipeline.name })
  await using kept = await openStore(facts, paths)
  if (!kept?.isCurrent) throw notRunYet(pipeline.name)
  const { session } = kept
  await using backfilled = await openBackfilled(facts)
  const columns = stageColumns(await kept.relations(), pipeline)
  const keys = resolveKeys(pipeline, columns, facts.keys)
  const identifiers = await findIdentifiers({ session, pipeline, keys, columns })
  const removal: RemovalFacts = { pipeline, keys, columns, identifiers, openDatabase }
  const hash = suppress({ keys, receipt, facts })
  const outputs = outputsOf(pipeline)
  const removed: RebuiltTable[] = []
  for (const path of [pipeline.name, historyName(pipeline.name)].flatMap((name) =>
    versionsOf(paths.marts, name),
  ))
    removed.push(
      ...(await rebuildMart({
        path,
        removal: (table, own) => removalFromMart(table, own, removal),
        note: { receipt, at: now.toISOString() },
        openDatabase,
      })),
    )
  const state = openState(places.state)
  for (const output of outputs) {
    const rebuilt = await rebuildOutput(output, removal)
    if (!rebuilt) continue
    const { sha256, left, ...table } = rebuilt
    removed.push(table)
    if (sha256 === undefined) continue
    const file = relative(pipeline.project, output.path)
    const record = { stage: output.stage, run: receipt, file, sha256, rows: left, sent_at: now.toISOString() }
    state.append({ kind: 'receipts', pipeline: pipeline.name, run: receipt, records: [record] })
  }
  removed.push(...(await blankReceived(removal, facts.blankRecords)))
  const models = new Set((await kept.ledger.models()).map(({ stage }) => stage))
  const { mirrors, forgotten } = await forgetDelivered({ facts, session, state, keys, identifiers, receipt })
  removed.push(...forgotten)
  const sentTo = new Set(
    deliveredOf(state, pipeline.name).flatMap(({ destination, status }) =>
      status === 'sent' && /^\w+:\/\//.test(destination) ? [destination] : [],
    ),
  )
  for (const cache of [join(places.work, pipeline.name, 'scratch'), paths.bindCache])
    rmSync(cache, { recursive: true, force: true })
  removeStore(facts, runPaths({ places, pipeline: pipeline.name, sample: true }))
  const heldIn = (raw: Sql): Sql => heldInRaw(removal, raw)
  if (backfilled !== undefined) {
    const rebuilt = await backfilled.rebuild({
      removal: (table, own, schema) =>
        (schema === 'history' ? removalFromMart : removalFromStep)(table, own, removal),
      heldIn,
      cache: deliverSchema,
    })
    removed.push(...rebuilt.tables)
  }
  const { tables, views } = await kept.rebuild({
    removal: (table, own) => removalFromStep(table, own, removal),
    heldIn,
    cache: deliverSchema,
  })
  return {
    keys,
    identifiers,
    hash,
    removed: [...removed, ...tables],
    outputs,
    models: [...models],
    views,
    sentTo: [...sentTo].sort(),
    mirrors,
  }
}

/** The store of backfills, held until all is done; none where there was no backfill, or one of another layout, which is a cache. */
async function openBackfilled(facts: ForgetFacts): Promise<Kept | undefined> {
  const { places, name } = facts.pipeline
  const paths = runPaths({ places, pipeline: name, backfill: true })
  const kept = await openStore(facts, paths)
  if (!kept || kept.isCurrent) return kept
  await kept[Symbol.asyncDispose]()
  removeStore(facts, paths)
  return undefined
}

function openStore(
  { stores, command, memoryBytes }: ForgetFacts,
  paths: ReturnType<typeof runPaths>,
): Promise<Kept | undefined> {
  return stores.openKept({ paths, tempFolder: paths.temp, command, memoryBytes })
}

function removeStore({ stores }: ForgetFacts, paths: ReturnType<typeof runPaths>): void {
  for (const path of stores.filesOf(paths).store) rmSync(path, { recursive: true, force: true })
}

/** Enters the suppression list, once: durable before anything is taken out, so that no run brings the person back meanwhile. */
function suppress({
  keys,
  receipt,
  facts: { pipeline, now },
}: {
  readonly keys: readonly PersonKey[]
  readonly receipt: string
  readonly facts: ForgetFacts
}): string {
  const { suppressions } = pipeline.places
  const hash = forgottenHash(suppressions, keys.map(({ value }) => value).join(keySeparator))
  const state = openState(suppressions)
  const columns = keys.map(({ column, stages }) => ({ column, stages }))
  const same = JSON.stringify(columns)
  for (const known of state.read('suppressions', pipeline.name))
    if (known.hash === hash && JSON.stringify(known.keys) === same) return hash
  state.append({
    kind: 'suppressions',
    pipeline: pipeline.name,
    run: receipt,
    records: [{ hash, keys: columns, at: now.toISOString(), receipt }],
  })
  return hash
}

/** Tells the mirrors, then takes the person out of what the deliveries keep. */
async function forgetDelivered({
  facts,
  session,
  state,
  keys,
  identifiers,
  receipt,
}: {
  readonly facts: ForgetFacts
  readonly session: Session
  readonly state: State
  readonly keys: readonly PersonKey[]
  readonly identifiers: Identifiers
  readonly receipt: string
}): Promise<{ readonly mirrors: readonly MirrorTold[]; readonly forgotten: readonly RebuiltTable[] }> {
  const { pipeline, sinks = [], secret = () => '', notSent, asOf, command, now } = facts
  const folders = deliveryFolders(pipeline.places.state, pipeline.name)
  const values = [...identifiers.keys, ...identifiers.personal].map(({ value }) => value)
  const columns = [...new Set(keys.flatMap((key) => [...key.names.values()].flatMap((names) => [...names])))]
  const person = {
    anywhere: values.filter((value) => value.length >= shortest),
    inColumns: identifiers.keys.map(({ value }) => ({ value, columns })),
  }
  const { name, project, file, places } = pipeline
  const port = {
    plan: { pipeline: name, project, file, places, asOf },
    run: { id: receipt, command, signal: new AbortController().signal, now: () => now },
    rules: { notSent, allowRemovals: [], fullRefresh: false },
    session,
    openDatabase: facts.stores.openDatabase,
    state,
    secret,
    note: () => {},
  }
  const mirrors = await tellMirrors(sinks, port, { folders, person })
  const files = await forgetDeliveries(session, folders, person)
  return {
    mirrors,
    forgotten: files.map(({ file: path, rows }) => ({ file: path, table: 'deliveries', how: 'key', rows })),
  }
}

/** Files that sinks wrote, as the receipts know them. */
function outputsOf(pipeline: Pipeline): readonly Output[] {
  const found = new Map<string, Output>()
  for (const { file, stage } of openState(pipeline.places.state).read('receipts', pipeline.name))
    if (typeof file === 'string') {
      const path = resolve(pipeline.project, file)
      found.set(path, { path, stage: String(stage) })
    }
  return [...found.values()]
}

function versionsOf(marts: string, pipeline: string): readonly string[] {
  const folder = join(marts, '.versions', pipeline)
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => name.endsWith('.duckdb'))
    .sort()
    .map((name) => join(folder, name))
}

/** A source is read by its bytes; a compressed one cannot be. */
function holds(file: string, { keys, personal }: Identifiers): 'yes' | 'no' | 'not read' {
  if (/\.(gz|zst|zip|bz2|xz|parquet|duckdb|arrow|feather)$/i.test(file) || !existsSync(file))
    return 'not read'
  return scanBytes(file, [...keys, ...personal]).length > 0 ? 'yes' : 'no'
}

function notRunYet(pipeline: string): SillageError {
  return new SillageError({
    code: 'not_run_yet',
    message: `There is no working database of ${pipeline} that this Sillage made: nothing tells which rows are whose`,
    hint: `sillage run ${pipeline}, then forget`,
    exit: exitCode.failed,
  })
}
