import { basename, dirname, resolve } from 'node:path'
import { answerOf, fingerprint, retryTransient } from '@sillage/base'
import type { PipelineStage } from '@sillage/pipeline'
import { type Scan, type ScanSource, type SourceContext, sql } from '@sillage/sdk'
import type { CompileContext } from './compile-context.ts'
import { findFiles } from './find-files.ts'
import { previousFiles, withoutPlace } from './last-scan.ts'
import type { KnownSource } from './ports.ts'
import type { ScanSecrets } from './scan-secrets.ts'
import { shownFrom } from './shown-from.ts'

interface LookFacts {
  readonly stage: PipelineStage
  readonly plugin: ScanSource
  readonly context: CompileContext
  /** The connection that is open while files are looked at. */
  readonly connection: unknown
  readonly secrets: ScanSecrets
  readonly last: KnownSource | undefined
  readonly asOf: () => string
}

/** What a source saw. */
interface Looked {
  readonly scan: Scan
  /** Of all files that count, sorted. */
  readonly paths: readonly string[]
  /** The files of the last scan, where the source asked for them and they are there still. */
  readonly previous: ReadonlyMap<string, number> | undefined
}

/** Lets a source look at its files. Throws what it throws, without secrets. */
export async function lookAtFiles(facts: LookFacts): Promise<Looked> {
  const { stage, plugin, connection, secrets, context } = facts
  const { signal } = context
  const seen = new Set<string>()
  const seeing: Seeing = { seen, previous: undefined }
  const asked: Parameters<ScanSource['scan']>[0] = {
    config: stage.config,
    connection,
    sql,
    context: contextOf(facts, seeing),
  }
  const scan = await retryTransient(() => answerOf(plugin.scan(asked), { plugin: plugin.name, signal }), {
    signal,
  }).catch((error: unknown) => {
    throw secrets.redacted(error)
  })
  for (const file of scan.files) seen.add(file)
  return { scan, paths: [...seen].sort(), previous: seeing.previous }
}

/** What was seen so far. */
interface Seeing {
  readonly seen: Set<string>
  previous: Looked['previous']
}

function contextOf(facts: LookFacts, seeing: Seeing): SourceContext {
  const { context, asOf } = facts
  const { files, pipeline, signal } = context
  const folder = dirname(pipeline.file)
  return {
    resolve: (path) => resolve(folder, path),
    files: async (where) => {
      const found = await findFiles(where, { files, folder })
      for (const file of found) seeing.seen.add(file)
      return found
    },
    get scratch() {
      return files.scratch
    },
    get asOf() {
      return pipeline.asOf === undefined ? '' : asOf()
    },
    ...answersOf(facts, seeing),
    mart: (name) => files.martOf(name),
    signal,
  }
}

/** What is asked of files, and kept as long as they are the same. */
function answersOf(
  { stage, context, secrets, last }: LookFacts,
  seeing: Seeing,
): Pick<SourceContext, 'query' | 'remember' | 'previous'> {
  const { binder, files, pipeline } = context
  const stateOf = async (paths: readonly string[]): Promise<string> => fingerprint(await files.states(paths))
  return {
    query: async (statement, asked) =>
      binder.query(secrets.keepOut(statement.text), await stateOf(asked ?? [...seeing.seen].sort())),
    remember: async (what, file, ask, bytes) => {
      const before = last?.parts.files.find((one) => one.name === basename(file) && one.size === bytes)
      const state = before === undefined ? await stateOf([file]) : fingerprint([withoutPlace(before)])
      return binder.remember(
        ['source', stage.plugin.hash, stage.config, secrets.keepOut(what), state],
        async () => secrets.keepOut(await ask()),
      )
    },
    previous: async () => {
      seeing.previous = await previousFiles({
        last,
        seen: [...seeing.seen].sort(),
        files,
        shownOf: shownFrom(pipeline.file),
        holds: async (path, content) =>
          binder.remember(['holds', content, await stateOf([path])], () => files.holds(path, content)),
      })
      return seeing.previous
    },
  }
}
