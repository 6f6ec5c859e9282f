import { statSync } from 'node:fs'
import { relative } from 'node:path'
import { exitCode, exitOf, invalidInput, isSillageError, parseDuration, SillageError } from '@sillage/base'
import { inboxOf } from '@sillage/inbox/keys'
import { inboxFolder, type Ledger, type RunPaths, runPaths } from '@sillage/ledger'
import type { Project } from '@sillage/pipeline'
import { configRoles } from '@sillage/plan'
import { now } from './clock.ts'
import { loadEngine } from './engine.ts'
import { planPipeline } from './planning.ts'
import { openPipeline, pipelinesOf } from './workspace.ts'

/** What `gc` does with the old segments of a form. */
export interface InboxGarbage {
  readonly form: string
  readonly removed: readonly { readonly path: string; readonly bytes: number; readonly ended: string }[]
  readonly freed_bytes: number
  /** Old segments that stay, and who still needs them. */
  readonly kept: number
  readonly needed_by: readonly string[]
}

/** A stage that reads a form. */
interface FormReader {
  readonly form: string
  /** `pipeline.stage`. */
  readonly name: string
  /** Of what it read and published it needs no segment below this one; 0 where it needs all. */
  readonly needsFrom: number
}

/**
 * Removes segments of forms that are older than their form says, each only where every stage that reads the form has read and published it.
 * While it works no pipeline that reads a form can run: what it found of their cursors stays so.
 */
export async function collectInbox(project: Project, dryRun: boolean): Promise<readonly InboxGarbage[]> {
  const aging = Object.entries(inboxOf(project)?.forms ?? {}).flatMap(([form, { remove_after }]) => {
    const ageMs = parseDuration(remove_after ?? '')
    return ageMs === undefined ? [] : [{ form, ageMs }]
  })
  if (aging.length === 0) return []
  const { oldSegments, removeSegments } = await import('@sillage/inbox')
  const folder = inboxFolder(project.places)
  await using held = new Held()
  const readers = await readersOf(project, held)
  return aging.map(({ form, ageMs }) => {
    const old = oldSegments(folder, form, { ageMs, now: now() })
    const own = readers.filter((reader) => reader.form === form)
    const needsFrom = own.length === 0 ? 0 : Math.min(...own.map((reader) => reader.needsFrom))
    const going = old.filter(({ number }) => number < needsFrom)
    const removed = going.map(({ path, endedMs }) => ({
      path: relative(process.cwd(), path),
      bytes: statSync(path).size,
      ended: new Date(endedMs).toISOString(),
    }))
    if (!dryRun) removeSegments(folder, form, going)
    const staying = old.slice(going.length)
    return {
      form,
      removed,
      freed_bytes: removed.reduce((sum, { bytes }) => sum + bytes, 0),
      kept: staying.length,
      needed_by: own
        .filter((reader) => staying.some(({ number }) => number >= reader.needsFrom))
        .map(({ name }) => name),
    }
  })
}

/** Throws `reader_unknown` where one of the pipelines cannot be asked what it reads, and `busy` while a run goes on. */
async function readersOf(project: Project, held: Held): Promise<readonly FormReader[]> {
  const readers: FormReader[] = []
  for (const { file, name: pipeline } of await pipelinesOf(project)) {
    const opened = await openPipeline(file, {})
    if (!opened.pipeline) throw readerUnknown(pipeline, invalidInput(opened.diagnostics))
    const reading = opened.pipeline.stages.flatMap(({ name, config, plugin }) =>
      configRoles(config, plugin.config)
        .filter(({ role }) => role === 'form')
        .map(({ text: form }) => ({ stage: name, form })),
    )
    if (reading.length === 0) continue
    const { plan, diagnostics } = await planPipeline(opened, new AbortController().signal)
    if (!plan) throw readerUnknown(pipeline, invalidInput(diagnostics))
    const ledger = await ledgerOf(runPaths({ places: project.places, pipeline }), held)
    for (const { stage, form } of reading) {
      const step = plan.steps.find((one) => one.stage === stage)
      const asked = step?.style === 'source' ? step.asked : undefined
      readers.push({
        form,
        name: `${pipeline}.${stage}`,
        needsFrom:
          ledger && asked
            ? await readUpTo(ledger, { stage, form, asked, publishes: plan.marts.length > 0 })
            : 0,
      })
    }
  }
  return readers
}

/** The ledger of a pipeline, held against runs; undefined where it never ran. */
async function ledgerOf(paths: RunPaths, held: Held): Promise<Ledger | undefined> {
  const kept = await (await loadEngine()).openKept({ paths, readOnly: true })
  if (!kept) return undefined
  held.stores.push(kept)
  return kept.isCurrent ? kept.ledger : undefined
}

/** Stores that are open until the work is done. */
class Held implements AsyncDisposable {
  readonly stores: AsyncDisposable[] = []

  async [Symbol.asyncDispose](): Promise<void> {
    for (const store of this.stores) await store[Symbol.asyncDispose]()
  }
}

/** The segment in which a stage goes on, where all before it was published as well; else 0. */
async function readUpTo(
  ledger: Ledger,
  {
    stage,
    form,
    asked,
    publishes,
  }: { readonly stage: string; readonly form: string; readonly asked: string; readonly publishes: boolean },
): Promise<number> {
  const { parseCursor } = await import('@sillage/inbox')
  const { isPublished } = await import('@sillage/ledger')
  const known = (await ledger.known()).cursors.get(stage)
  // A stage that asks for something else now begins anew with its next run.
  if (known?.asked !== asked || known.cursor === null) return 0
  const cursor = parseCursor(known.cursor)
  if (cursor?.form !== form || !(await isPublished(ledger, stage, { publishes }))) return 0
  return cursor.segment
}

function readerUnknown(pipeline: string, cause: unknown): SillageError {
  return new SillageError({
    code: 'reader_unknown',
    message: `What ${pipeline} reads of the forms cannot be told: no old record of a form was removed`,
    hint: `sillage validate ${pipeline}`,
    exit: isSillageError(cause) ? exitOf(cause) : exitCode.failed,
    cause,
  })
}
