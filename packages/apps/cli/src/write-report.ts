import { mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { isSillageError, SillageError } from '@sillage/base'
import { campaignOf } from '@sillage/campaign/keys'
import { Database } from '@sillage/duckdb'
import { findVersion, type MartVersion, versionFailed } from '@sillage/ledger'
import type { Pipeline } from '@sillage/pipeline'
import type { EarlierVersion, Report } from '@sillage/report'
import { reportOf } from '@sillage/report/keys'
import { loadEngine } from './engine.ts'
import { type KeptVersions, keptVersions } from './kept-versions.ts'

export interface WriteReportOptions {
  readonly to?: string
  readonly format: 'html' | 'md'
  readonly locale?: 'en' | 'fr'
  readonly run?: string
}

/** What was written. Paths are absolute; the first one is the report itself. */
export interface WrittenReport {
  readonly pipeline: string
  readonly run: string
  readonly path: string
  readonly files: readonly string[]
  readonly locale: 'en' | 'fr'
  readonly sections: readonly { readonly id: string; readonly title: string }[]
}

/** Makes the report of the version that readers see, or of an older one, and writes it: whole files, by rename. */
export async function writeReport(pipeline: Pipeline, options: WriteReportOptions): Promise<WrittenReport> {
  const kept = keptVersions({ places: pipeline.places, name: pipeline.name })
  const version = options.run === undefined ? shown(kept) : findVersion(kept.versions, options.run)
  const report = await readReport({
    pipeline,
    kept,
    version,
    locale: options.locale ?? reportOf(pipeline).locale,
  })
  const path = resolve(
    options.to ?? join(pipeline.project, 'out', `${pipeline.name}-report.${options.format}`),
  )
  const files = [...(await render(report, path, options.format))]
  for (const [file, text] of files) writeWhole(file, text)
  return {
    pipeline: pipeline.name,
    run: report.run,
    path,
    files: files.map(([file]) => file),
    locale: report.locale,
    sections: report.sections.map(({ id, title }) => ({ id, title })),
  }
}

/** The current version; where the link was deleted, the newest. */
function shown({ current, versions }: KeptVersions): MartVersion {
  return current ?? versions.at(-1)!
}

async function readReport({
  pipeline,
  kept,
  version,
  locale,
}: {
  readonly pipeline: Pipeline
  readonly kept: KeptVersions
  readonly version: MartVersion
  readonly locale: 'en' | 'fr'
}): Promise<Report> {
  const { makeReport } = await import('@sillage/report')
  const earlier = await versionOfEarlierDay(kept.versions, version)
  const { choices, labels } = reportOf(pipeline)
  await using database = await Database.open({ path: version.file, readOnly: true }).catch(
    (cause: unknown) => {
      throw versionFailed(version.file, cause)
    },
  )
  using session = await database.session()
  return await makeReport({
    session,
    choices,
    locale,
    labels,
    ...campaignOf(pipeline),
    before: earlier && ((main) => compare(main, { earlier, version, kept, project: pipeline.project })),
  })
}

/** The newest version before that is of an earlier day; of those without a day, the version before. Two runs of one day tell of no move. */
async function versionOfEarlierDay(
  versions: readonly MartVersion[],
  version: MartVersion,
): Promise<(MartVersion & { readonly asOf: string | undefined }) | undefined> {
  const day = await dayOf(version)
  for (const earlier of versions.filter(({ run }) => run < version.run).reverse()) {
    const asOf = await dayOf(earlier)
    if (day === undefined || asOf === undefined || asOf < day) return { ...earlier, asOf }
  }
  return undefined
}

async function dayOf({ file }: MartVersion): Promise<string | undefined> {
  try {
    await using database = await Database.open({ path: file, readOnly: true })
    using session = await database.session()
    const { day } = await session.row<{ day: string | null }>(
      'select as_of::varchar as day from sillage.runs',
    )
    return day ?? undefined
  } catch {
    return undefined
  }
}

/** A version before that cannot be read is as good as none: the report is about the one that is shown. */
async function compare(
  main: string,
  {
    earlier,
    version,
    kept,
    project,
  }: {
    readonly earlier: MartVersion & { readonly asOf: string | undefined }
    readonly version: MartVersion
    readonly kept: KeptVersions
    readonly project: string
  },
): Promise<EarlierVersion | undefined> {
  const { compareVersions } = await import('@sillage/upkeep')
  const { tables } = await compareVersions({
    before: earlier,
    after: version,
    samples: 0,
    tempFolder: `${kept.paths.temp}-report`,
    openDatabase: (await loadEngine()).openDatabase,
  }).catch((error: unknown) => {
    if (isSillageError(error) && /^version_/.test(error.code)) return { tables: { kept: [] } }
    throw error
  })
  const migrations = tables.kept.find(({ table }) => table === main)?.migrations ?? []
  return {
    run: earlier.run,
    asOf: earlier.asOf,
    file: earlier.file,
    path: relative(project, earlier.file),
    migrations,
  }
}

async function render(
  report: Report,
  path: string,
  format: WriteReportOptions['format'],
): Promise<ReadonlyMap<string, string>> {
  const { renderHtml, renderMarkdown } = await import('@sillage/report')
  if (format === 'html') return new Map([[path, renderHtml(report)]])
  const { text, charts } = renderMarkdown(
    report,
    `${path
      .replace(/\.\w+$/, '')
      .split('/')
      .at(-1)}-charts`,
  )
  return new Map([
    [path, text],
    ...[...charts].map(([name, svg]) => [join(dirname(path), name), svg] as const),
  ])
}

function writeWhole(file: string, text: string): void {
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) throw folderNamed(file)
  mkdirSync(dirname(file), { recursive: true })
  const part = `${file}.part`
  try {
    writeFileSync(part, text)
    renameSync(part, file)
  } catch (error) {
    rmSync(part, { force: true })
    throw error
  }
}

function folderNamed(file: string): SillageError {
  return new SillageError({
    code: 'report_is_folder',
    message: `${file} is a folder`,
    hint: 'name a file: --to out/report.html',
  })
}
