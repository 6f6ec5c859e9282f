import { fingerprint } from '@sillage/base'
import type { PipelineStage } from '@sillage/pipeline'
import { type Column, openConnection, type Scan, type ScanSource, type Sql, type Warning } from '@sillage/sdk'
import type { CompileContext } from './compile-context.ts'
import { userColumns } from './inputs.ts'
import { lastScan } from './last-scan.ts'
import { lookAtFiles } from './look-at-files.ts'
import { type ScanSecrets, scanSecrets } from './scan-secrets.ts'
import { columnsRenamed, withColumns, withoutReserved } from './scanned-columns.ts'
import { shownFrom } from './shown-from.ts'
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
  const { binder, files, pipeline, secret, signal } = context
  const last = lastScan(stage, { files, duckdb: binder.version, provenance })
  await using connection = await openConnection(stage.connection, { secret, signal })
  const secrets = scanSecrets(stage, secret)
  const looked = { stage, plugin, context, connection: connection.value, secrets, last, asOf }
  const { scan, paths, previous } = await lookAtFiles(looked)
  const states = await files.states(paths)
  const state = fingerprint(states)
  const scanned = scan.select({ provenance })
  const appended = scan.appended?.select({ provenance })
  keepSecretsOut(scan, { selects: [scanned, appended], paths, secrets })
  const found = await binder.describe({ select: scanned.text, relations: [], state, attach: scan.attach })
  const { select, columns, renamed } = withoutReserved(scanned, found, provenance)
  const added = previous && renamed.length === 0 ? appended : undefined
  const shownOf = shownFrom(pipeline.file)
  return {
    select: select.text,
    ...saidOf(scan, renamed),
    provenance,
    appended: added && {
      since: last!.fingerprint,
      select: await withColumns(added, { columns: found, binder, state }),
      refused: scan.appended?.refused?.text,
    },
    columns: userColumns(columns),
    states:
      provenance || scan.refused
        ? states.map((one, index) => ({ ...one, shown: shownOf(paths[index]!) }))
        : states,
  }
}

/** Throws where anything of a scan that is printed or kept would hold a secret. */
function keepSecretsOut(
  { refused, appended, attach, each, detected, warnings }: Scan,
  {
    selects,
    paths,
    secrets,
  }: {
    readonly selects: readonly (Sql | undefined)[]
    readonly paths: readonly string[]
    readonly secrets: ScanSecrets
  },
): void {
  secrets.keepOut([selects, paths, attach, refused, appended?.refused, each, detected, warnings])
}

/** What a scan says beside its rows. */
function saidOf(
  scan: Scan,
  renamed: readonly string[],
): Pick<Scanned, 'files' | 'refused' | 'attach' | 'followsGrowth' | 'each' | 'detected'> & {
  readonly warnings: readonly Warning[]
} {
  return {
    files: scan.files,
    refused: scan.refused?.text,
    attach: scan.attach,
    followsGrowth: scan.followsGrowth === true,
    ...(scan.each ? { each: scan.each.map(({ shown, select: one }) => ({ shown, select: one.text })) } : {}),
    detected: { ...scan.detected, ...(renamed.length > 0 ? { renamed: renamed.join(', ') } : {}) },
    warnings: [...(scan.warnings ?? []), ...columnsRenamed(renamed)],
  }
}
