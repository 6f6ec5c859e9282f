import { ask } from './client.ts'
import type { JournalEvent } from './documents.ts'
import { ProblemError } from './problem.ts'
import { ServerSentEvents } from './server-sent-events.ts'

const firstWaitMs = 500
const longestWaitMs = 8000

/**
 * Follows a run to its end. A connection that is lost is made again, behind the last event that came; `onLost` tells of it. Fetch and not
 * EventSource, which cannot send a token. Rejects where the server refuses.
 */
export async function followRun({
  id,
  onEvent,
  onLost,
  signal,
}: {
  readonly id: string
  readonly onEvent: (event: JournalEvent) => void
  readonly onLost: (lost: boolean) => void
  readonly signal: AbortSignal
}): Promise<void> {
  let last: string | undefined
  let waitMs = firstWaitMs
  while (!signal.aborted) {
    try {
      const answer = await ask(`/api/v1/runs/${encodeURIComponent(id)}/events`, {
        signal,
        headers: last === undefined ? {} : { 'last-event-id': last },
      })
      onLost(false)
      waitMs = firstWaitMs
      if (answer.status === 204) return
      for await (const { id: line, data } of eventsOf(answer)) {
        last = line ?? last
        const event = JSON.parse(data.text) as JournalEvent
        onEvent({ ...event, event: data.name } as JournalEvent)
        if (data.name === 'end') return
      }
    } catch (error) {
      if (signal.aborted) return
      if (error instanceof ProblemError && error.problem.status !== 503 && error.problem.status !== 429)
        throw error
    }
    onLost(true)
    await new Promise((done) => setTimeout(done, waitMs))
    waitMs = Math.min(waitMs * 2, longestWaitMs)
  }
}

async function* eventsOf({ body }: Response) {
  if (!body) return
  const parser = new ServerSentEvents()
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read())
      yield* parser.take(part.value)
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}
