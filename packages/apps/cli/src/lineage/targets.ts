import { appendFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import type { LineageEvent } from '@sillage/openlineage'
import type { Lost } from './lost-events.ts'

/** Where events go. What goes wrong is told once, by `say`; it never stops a run. */
export interface Target {
  readonly take: (event: LineageEvent) => void
  /** Waits for what is under way, for a bounded time; gives what was lost. */
  readonly end: () => Promise<Lost | undefined>
}

/** Adds each event to a file, as a line of JSON. */
export function fileTarget(path: string, shown: string, say: (text: string) => void): Target {
  let failed = false
  let lost = 0
  return {
    take: (event) => {
      if (failed) lost += 1
      if (failed) return
      try {
        appendFileSync(path, `${JSON.stringify(event)}\n`)
      } catch (error) {
        failed = true
        lost += 1
        say(
          `lineage: ${shown} cannot be written (${(error as NodeJS.ErrnoException).code}); this run tells no more to it`,
        )
      }
    },
    end: async () => (lost === 0 ? undefined : { events: lost, reason: 'the file cannot be written' }),
  }
}

export interface HttpLimits {
  /** Of one answer. */
  readonly answerMs: number
  /** After the end of the run, for all that waits still. */
  readonly lingerMs: number
}

const usualLimits: HttpLimits = { answerMs: 5000, lingerMs: 10_000 }
const attempts = 2
const betweenMs = 250
const mostFailures = 3

/**
 * Posts each event, one after the other, while the run goes on. One that is not taken is tried once more; after three in a row the
 * receiver counts as down and is left alone.
 */
export function httpTarget(
  { url, headers }: { readonly url: string; readonly headers: Readonly<Record<string, string>> },
  say: (text: string) => void,
  { answerMs, lingerMs }: HttpLimits = usualLimits,
): Target {
  const over = new AbortController()
  let work = Promise.resolve()
  let failures = 0
  let lost = 0
  let reason = ''
  const post = async (event: LineageEvent): Promise<string | undefined> => {
    try {
      const { status, ok } = await fetch(url, {
        method: 'POST',
        redirect: 'manual',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(event),
        signal: AbortSignal.any([over.signal, AbortSignal.timeout(answerMs)]),
      })
      return ok ? undefined : `it answered ${status}`
    } catch (error) {
      const isLate = error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError')
      return isLate ? 'it did not answer in time' : 'it cannot be reached'
    }
  }
  const deliver = async (event: LineageEvent): Promise<void> => {
    for (
      let attempt = 1;
      attempt <= attempts && failures < mostFailures && !over.signal.aborted;
      attempt += 1
    ) {
      if (attempt > 1) await wait(betweenMs)
      const failure = await post(event)
      if (failure === undefined) {
        failures = 0
        return
      }
      reason = failure
    }
    failures += 1
    lost += 1
  }
  return {
    take: (event) => {
      work = work.then(() => deliver(event))
    },
    end: async () => {
      const late = setTimeout(() => over.abort(), lingerMs)
      await work
      clearTimeout(late)
      if (lost === 0) return undefined
      say(`lineage: ${lost} ${lost === 1 ? 'event was' : 'events were'} not taken by the receiver: ${reason}`)
      return { events: lost, reason }
    },
  }
}
