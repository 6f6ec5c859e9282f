import { faultPoint, fingerprint } from '@sillage/base'
import {
  currentVersion,
  listVersions,
  type MartTable,
  martPath,
  orphansOf,
  unknownVersion,
} from '@sillage/ledger'
import { martAbout } from './about/mart-about.ts'
import { martTable, referenceOf } from './mart-table.ts'
import type { Run } from './run.ts'

/** What the schema `sillage` of a mart holds: a version of an older one is published anew. */
const format = 4

/**
 * Publishes the marts in one new version, unless the published one already shows the same steps and can be opened, or they were rolled back
 * since: then the version that readers see stays. Gives that version where it was rolled back to.
 */
export async function publish(run: Run): Promise<string | undefined> {
  const { plan, working, options, files, told, tally } = run
  if (plan.marts.length === 0) return undefined
  const print = await fingerprintOf(run)
  const tables = plan.marts.map((mart) => martTable(mart, run.steps))
  if ((await isPublished(print, run)) && (await hasSameRows(tables, run))) return await heldBack(run)
  const place = { paths: files.paths, pipeline: plan.pipeline }
  const unknown = unknownVersion(await working.ledger.publications(), place)
  if (unknown) await working.ledger.recordPublication(unknown, options.now())
  const runs = listVersions(files.paths.marts, plan.pipeline).map((version) => version.run)
  const mart = await working.marts.publish({
    folder: files.paths.marts,
    pipeline: plan.pipeline,
    run: run.id,
    tables,
    about: [
      ...(await martAbout({ tables, print }, run)),
      ...Object.values(plan.sections).flatMap((section) => section.tables),
    ],
    keep: plan.keep,
    orphans: orphansOf(await working.ledger.publications(), { ...place, runs }),
  })
  const path = currentVersion(files.paths.marts, plan.pipeline)!
  await working.ledger.recordPublication(
    { run: run.id, fingerprint: print, path, action: 'publish' },
    options.now(),
  )
  faultPoint('publish.after_ledger')
  const rows = Object.fromEntries(plan.marts.map((one) => [one.name, tally.get(referenceOf(one)) ?? 0]))
  told.journal({ event: 'published', mart, tables: rows })
  told.show({ kind: 'published', mart })
  return undefined
}

/** Of all that a version shows: what its tables come from, and what it tells beside them. */
async function fingerprintOf(run: Run): Promise<string> {
  const { plan, steps } = run
  return fingerprint(
    format,
    plan.marts,
    plan.marts.map((mart) => steps.get(mart.from.stage)!.fingerprint),
    plan.description,
    plan.asOf ?? null,
    plan.steps.map((step) => step.expect),
    Object.fromEntries(Object.entries(plan.sections).map(([key, { value }]) => [key, value])),
    await toldOf(run),
  )
}

/** What a mart tells beside its tables: the stages, of which it need not read all, the rows that they refused, and what they warn of. */
async function toldOf({ plan, working, told }: Pick<Run, 'plan' | 'working' | 'told'>): Promise<unknown> {
  const steps = plan.steps.filter((step) => step.style !== 'sink')
  const refused = await working.ledger.rejects()
  return [steps.map(({ stage, plugin, fingerprint }) => [stage, plugin, fingerprint]), refused, told.warnings]
}

/** Says so where readers see an older version than the last one that was published. */
async function heldBack({
  working,
  files,
  plan,
  told,
}: Pick<Run, 'working' | 'files' | 'plan' | 'told'>): Promise<string | undefined> {
  const [last] = await working.ledger.publications()
  const versions = listVersions(files.paths.marts, plan.pipeline)
  const shown = versions.find((version) => version.current)
  if (last?.action !== 'rollback' || !shown || shown === versions.at(-1)) return undefined
  const mart = martPath(files.paths.marts, plan.pipeline)
  told.journal({ event: 'held_back', mart, version: shown.run })
  told.show({ kind: 'held_back', mart, version: shown.run })
  return shown.run
}

async function isPublished(
  print: string,
  { working, files: { paths }, plan }: Pick<Run, 'working' | 'files' | 'plan'>,
): Promise<boolean> {
  const [last] = await working.ledger.publications()
  return (
    last?.fingerprint === print &&
    currentVersion(paths.marts, plan.pipeline) === last.path &&
    martPath(paths.marts, plan.pipeline) !== last.path &&
    (await working.marts.isReadable(last.path))
  )
}

/**
 * Where all was made anew though nothing is known to have changed, the rows themselves are compared with those that were published last,
 * whatever readers were rolled back to since.
 */
async function hasSameRows(
  tables: readonly MartTable[],
  { working: { ledger, marts }, options }: Pick<Run, 'working' | 'options'>,
): Promise<boolean> {
  if (!options.fullRefresh) return true
  const last = (await ledger.publications()).find(({ action }) => action !== 'rollback')
  if (last === undefined || !(await marts.isReadable(last.path))) return true
  return await marts.areSame(tables, last.path)
}
