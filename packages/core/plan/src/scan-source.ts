import { basename, dirname, relative, resolve } from 'node:path'
import { answerOf, canonicalJson, fingerprint, retryTransient } from '@sillage/base'
import type { PipelineStage } from '@sillage/pipeline'
import { type Column, openConnection, type ScanSource, type Sql, sql, type Warning } from '@sillage/sdk'
import type { CompileContext } from './compile-context.ts'
import { findFiles } from './find-files.ts'
import { isReserved, userColumns } from './inputs.ts'
import type { Binder, Files, KnownSource } from './ports.ts'
import { scanSecrets } from './scan-secrets.ts'
import type { FileState } from './step.ts'
import type { SourceStep } from './styles/source-step.ts'

interface ScanFacts {
  readonly stage: PipelineStage
  readonly plugin: ScanSource
  readonly context: CompileContext
  readonly provenance: boolean
  /** The as-of date, which counts as read by then. Throws where there is none. */
  readonly asOf: () => string
}

type Scanned = Pick<
  SourceStep,
  | 'select'
  | 'files'
  | 'provenance'
  | 'refused'
  | 'appended'
  | 'attach'
  | 'detected'
  | 'warnings'
  | 'followsGrowth'
  | 'each'
> & {
  readonly columns: readonly Column[]
  readonly states: readonly FileState[]
}

/**
 * Lets a source look at its files and describes the scan that it gives. The state is that of the files, never their paths; but where rows
 * say in which file they stand, a file that moved makes other rows.
 */
export async function scanSource({ stage, plugin, context, provenance, asOf }: ScanFacts): Promise<Scanned> {
  const { binder, files, pipeline, signal } = context
  const folder = dirname(pipeline.file)
  const shownOf = (path: string): string => relative(folder, path).replaceAll('\\', '/')
  const seen = new Set<string>()
  const stateNow = async (): Promise<string> => fingerprint(await files.states([...seen].sort()))
  const stateOf = async (paths: readonly string[]): Promise<string> => fingerprint(await files.states(paths))
  const last = lastScan({ stage, provenance, duckdb: binder.version, last: files.lastSource(stage.name) })
  let previous: ReadonlyMap<string, number> | undefined
  await using connection = await openConnection(stage.connection, { secret: context.secret, signal })
  const secrets = scanSecrets(stage, context.secret)
  const facts: Parameters<ScanSource['scan']>[0] = {
    config: stage.config,
    connection: connection.value,
    sql,
    context: {
      resolve: (path) => resolve(folder, path),
      files: async (where) => {
        const found = await findFiles(where, { files, folder })
        for (const file of found) seen.add(file)
        return found
      },
      get scratch() {
        return files.scratch
      },
      get asOf() {
        return pipeline.asOf === undefined ? '' : asOf()
      },
      query: async (statement, asked) =>
        binder.query(secrets.keepOut(statement.text), asked ? await stateOf(asked) : await stateNow()),
      remember: async (what, file, ask, bytes) => {
        const before = last?.parts.files.find((one) => one.name === basename(file) && one.size === bytes)
        const state = before === undefined ? await stateOf([file]) : fingerprint([withoutPlace(before)])
        return binder.remember(
          ['source', stage.plugin.hash, stage.config, secrets.keepOut(what), state],
          async () => secrets.keepOut(await ask()),
        )
      },
      previous: async () => {
        previous = await previousFiles({
          last,
          seen: [...seen].sort(),
          files,
          shownOf,
          holds: async (path, content) =>
            binder.remember(['holds', content, await stateOf([path])], () => files.holds(path, content)),
        })
        return previous
      },
      mart: (name) => files.martOf(name),
      signal,
    },
  }
  const scan = await retryTransient(() => answerOf(plugin.scan(facts), { plugin: plugin.name, signal }), {
    signal,
  }).catch((error: unknown) => {
    throw secrets.redacted(error)
  })
  for (const file of scan.files) seen.add(file)
  const paths = [...seen].sort()
  const states = await files.states(paths)
  const state = fingerprint(states)
  const scanned = scan.select({ provenance })
  const { refused, appended: added, attach, each, detected, warnings } = scan
  const own = [refused, added?.select({ provenance }), added?.refused, each, detected, warnings]
  secrets.keepOut([paths, scanned, attach, ...own])
  const found = await binder.describe({ select: scanned.text, relations: [], state, attach: scan.attach })
  const { select, columns, renamed } = withoutReserved(scanned, found, provenance)
  const appended =
    previous && scan.appended && renamed.length === 0
      ? {
          since: last!.fingerprint,
          select: await withColumns(scan.appended.select({ provenance }), { columns: found, binder, state }),
          refused: scan.appended.refused?.text,
        }
      : undefined
  return {
    select: select.text,
    files: scan.files,
    provenance,
    refused: scan.refused?.text,
    appended,
    attach: scan.attach,
    followsGrowth: scan.followsGrowth === true,
    ...(scan.each ? { each: scan.each.map(({ shown, select: one }) => ({ shown, select: one.text })) } : {}),
    detected: { ...scan.detected, ...(renamed.length > 0 ? { renamed: renamed.join(', ') } : {}) },
    warnings: [...(scan.warnings ?? []), ...columnsRenamed(renamed)],
    columns: userColumns(columns),
    states:
      provenance || scan.refused
        ? states.map((one, index) => ({ ...one, shown: shownOf(paths[index]!) }))
        : states,
  }
}

function withoutPlace({ shown: _, ...state }: FileState): FileState {
  return state
}

/** The rows with all columns of the whole source: a new file may lack some, or have them of another type. */
async function withColumns(
  select: Sql,
  {
    columns,
    binder,
    state,
  }: { readonly columns: readonly Column[]; readonly binder: Binder; readonly state: string },
): Promise<string> {
  const own = new Map(
    (await binder.describe({ select: select.text, relations: [], state })).map(({ name, type }) => [
      name,
      type,
    ]),
  )
  if (columns.every(({ name, type }) => own.get(name) === type)) return select.text
  const list = columns.map(({ name, type }) =>
    own.has(name)
      ? sql`cast(${sql.id(name)} as ${sql.trusted(type)}) as ${sql.id(name)}`
      : sql`cast(null as ${sql.trusted(type)}) as ${sql.id(name)}`,
  )
  return sql`select ${sql.join(list)} from (${select})`.text
}

type Last = KnownSource

/** The last scan, if it was asked for the same. */
function lastScan({
  stage,
  provenance,
  duckdb,
  last,
}: {
  readonly stage: PipelineStage
  readonly provenance: boolean
  readonly duckdb: string
  readonly last: Last | undefined
}): Last | undefined {
  const isSame =
    last?.parts.plugin === stage.plugin.hash &&
    last.parts.duckdb === duckdb &&
    last.parts.provenance === provenance &&
    canonicalJson(last.parts.config) === canonicalJson(stage.config)
  return isSame ? last : undefined
}

/**
 * The files of the last scan, as `SourceContext.previous` gives them. They are known by their base names, which must be distinct; one that
 * grew must hold, byte by byte, what it held then.
 */
async function previousFiles({
  last,
  seen,
  files,
  shownOf,
  holds,
}: {
  readonly last: Last | undefined
  readonly seen: readonly string[]
  readonly files: Files
  readonly shownOf: (path: string) => string
  readonly holds: Files['holds']
}): Promise<ReadonlyMap<string, number> | undefined> {
  if (last === undefined || last.parts.files.length === 0) return undefined
  const pathOf = new Map(seen.map((path) => [basename(path), path]))
  if (pathOf.size < seen.length) return undefined
  const states = new Map((await files.states(seen)).map((state, index) => [seen[index]!, state]))
  const found = new Map<string, number>()
  for (const known of last.parts.files) {
    const before = withoutPlace(known)
    const path = pathOf.get(before.name)
    const now = path === undefined ? undefined : states.get(path)!
    if (path === undefined || now === undefined || now.size < before.size) return undefined
    if (known.shown !== undefined && known.shown !== shownOf(path)) return undefined
    const isSame =
      now.size === before.size
        ? canonicalJson(now) === canonicalJson(before)
        : files.hashOfStart(path, before.size) === before.hash &&
          (await holds(path, { bytes: before.size, pieces: last.contents?.[before.name] }))
    if (!isSame) return undefined
    found.set(path, before.size)
  }
  return found
}

/**
 * Names that begin with _ are the engine's (a `_reject` of a file would hide its rows, a `_id` would be lost): a source's own lose
 * their underscores, and get a number where that name is taken.
 */
function withoutReserved(
  scanned: Sql,
  columns: readonly Column[],
  provenance: boolean,
): { readonly select: Sql; readonly columns: readonly Column[]; readonly renamed: readonly string[] } {
  const isOwn = (column: Column) => isReserved(column) && !(provenance && /^_(file|line)$/.test(column.name))
  if (!columns.some(isOwn)) return { select: scanned, columns, renamed: [] }
  const taken = new Set(columns.map(({ name }) => name.toLowerCase()))
  const free = (name: string): string => {
    const plain = name.replace(/^_+/, '') || 'column'
    let candidate = plain
    for (let number = 1; taken.has(candidate.toLowerCase()); number += 1) candidate = `${plain}_${number}`
    taken.add(candidate.toLowerCase())
    return candidate
  }
  const names = columns.map((column) => (isOwn(column) ? free(column.name) : column.name))
  const list = columns.map(({ name }, index) => sql`${sql.id(name)} as ${sql.id(names[index]!)}`)
  return {
    select: sql`
      select ${sql.join(list)}
      from (
        ${scanned}
      )
    `,
    columns: columns.map((column, index) => ({ ...column, name: names[index]! })),
    renamed: columns.flatMap(({ name }, index) =>
      name === names[index] ? [] : [`${name} to ${names[index]}`],
    ),
  }
}

function columnsRenamed(renamed: readonly string[]): readonly Warning[] {
  if (renamed.length === 0) return []
  return [
    {
      code: 'columns_renamed',
      message: `${renamed.map((text) => text.replace(/ to ([^ ]+)$/, ' is called $1')).join(', ')}: names that begin with _ are the engine's`,
      hint: 'read them by these names, or rename them where the file is written',
    },
  ]
}
