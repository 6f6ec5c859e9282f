import { setTimeout as wait } from 'node:timers/promises'
import { answerOf, isSillageError, ownCode, SillageError, secretValues, withoutSecrets } from '@sillage/base'
import { configsOf, type ReadStep } from '@sillage/plan'
import type { ReadBatch, ReadContext, ReadSource } from '@sillage/sdk'
import { badOutput, batchMaker, toFault, verifyRows } from '@sillage/workers/batches'
import { storedColumns } from './progress.ts'
import { sourceFiles } from './source-files.ts'

/** What a source that is asked may know of the run. */
export interface Asking {
  readonly signal: AbortSignal
  readonly secret: (name: string) => string
  readonly note: (text: string) => void
  readonly warn: ReadContext['warn']
  readonly received: ReadContext['received']
  /** Names of files are relative to its folder. */
  readonly pipelineFile: string
}

interface ReadFacts {
  readonly step: ReadStep
  readonly plugin: ReadSource
  /** With secrets in their places. */
  readonly config: unknown
  /** Opened; undefined where the stage names none. */
  readonly connection: unknown
  readonly since: string | undefined
  readonly asking: Asking
}

/**
 * What a source gives behind a cursor, each batch held to the declared columns. Throws what the plugin throws, with its name and without
 * secrets; `plugin_output` where it gives what it did not declare.
 */
export async function* readBatches(facts: ReadFacts): AsyncGenerator<ReadBatch> {
  const { plugin, config, connection, since, asking } = facts
  const { signal, received, note, warn } = asking
  const sleep = async (ms: number): Promise<void> => void (await wait(ms, undefined, { signal }))
  let last = since
  let iterator: AsyncIterator<unknown> | undefined
  try {
    iterator = plugin
      .read({
        config,
        connection,
        since,
        files: sourceFiles(facts.step, asking),
        places: facts.step.provenance,
        context: { signal, sleep, received, note, warn },
        make: batchMaker(new Set()),
      })
      [Symbol.asyncIterator]()
    for (;;) {
      const { done, value } = await answerOf(iterator.next(), { plugin: plugin.name, signal })
      if (done) return
      const read = verify(value, last, facts)
      yield read
      last = read.cursor
    }
  } catch (error) {
    signal.throwIfAborted()
    throw ofPlugin(error, facts)
  } finally {
    const closing = iterator?.return?.()
    if (signal.aborted) closing?.catch(() => undefined)
    else await answerOf(closing, { plugin: plugin.name })
  }
}

/** Characters from which on a text does not hold a secret by chance. */
const shortestSecret = 8

/** A cursor that stands still while rows come would bring them again. */
function verify(value: unknown, last: string | undefined, { step, asking }: ReadFacts): ReadBatch {
  const { batch, cursor } = (value ?? {}) as Partial<ReadBatch>
  if (step.whole === true) {
    if (batch === undefined || cursor !== undefined)
      throw badOutput('it yields { batch } and no cursor, since it is read whole')
    return { batch: verifyRows(batch, storedColumns(step)) }
  }
  if (batch === undefined || typeof cursor !== 'string' || !isJson(cursor))
    throw badOutput('it yields { batch, cursor }, where the cursor is JSON text')
  const rows = Number(batch.numRows)
  const verified = verifyRows(batch, storedColumns(step))
  if (rows > 0 && cursor === last)
    throw badOutput(`its cursor did not move though ${rows.toLocaleString('en')} rows came`)
  const secrets = secretValues(configsOf(step), asking.secret)
  if (secrets.some((secret) => secret.length >= shortestSecret && cursor.includes(secret)))
    throw badOutput('its cursor holds a secret, and cursors are kept as they are')
  return { batch: verified, cursor }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

const shownLength = 300

function ofPlugin(thrown: unknown, { step, asking }: ReadFacts): SillageError {
  const { fault } = toFault('run', thrown)
  const safe = withoutSecrets(configsOf(step), asking.secret)
  const text = safe(fault.message.replaceAll(/\s+/g, ' ')).slice(0, shownLength)
  const plain = fault.code === undefined && fault.phase !== 'output' ? `${fault.name}: ${text}` : text
  const does = fault.phase === 'output' ? 'gave what it did not declare: ' : ''
  return new SillageError({
    code: ownCode(fault.code ?? (fault.phase === 'output' ? 'plugin_output' : 'plugin_failed')),
    message: `"${step.stage}": plugin ${step.plugin} ${does === '' ? 'failed: ' : does}${plain}`,
    hint: fault.hint === undefined ? 'fix the plugin; what was read so far stays' : safe(fault.hint),
    retryable: fault.retryable === true,
    facts: { ...factsOf(thrown), plugin: step.plugin, stage: step.stage },
    cause: thrown,
  })
}

/** Only how long to wait: other facts of a plugin may hold what it was given. */
function factsOf(thrown: unknown): Readonly<Record<string, unknown>> {
  const wait = isSillageError(thrown) ? thrown.facts.retryAfterMs : undefined
  return typeof wait === 'number' ? { retryAfterMs: wait } : {}
}
