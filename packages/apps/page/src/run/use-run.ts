import { useEffect, useState } from 'preact/hooks'
import { get } from '../api/client.ts'
import type { RunDocument } from '../api/documents.ts'
import { followRun } from '../api/follow-run.ts'
import { type Problem, ProblemError, problemOf } from '../api/problem.ts'
import { type RunView, toView, withEvent } from './run-progress.ts'

export interface FollowedRun {
  readonly view: RunView | undefined
  readonly problem: Problem | undefined
  /** True while the connection is made again. */
  readonly lost: boolean
}

const nothing: FollowedRun = { view: undefined, problem: undefined, lost: false }
const nameMs = 700

/** A run, followed while it goes on. `id` may be that of a job; `onEnd` is called when a run that was followed ended. */
export function useRun(id: string | undefined, onEnd?: () => void): FollowedRun {
  const [followed, setFollowed] = useState<FollowedRun & { readonly id?: string }>(nothing)
  useEffect(() => {
    if (id === undefined) return
    const leaving = new AbortController()
    const { signal } = leaving
    const change = (next: (before: FollowedRun) => FollowedRun): void => {
      if (!signal.aborted) setFollowed((before) => ({ ...next(before.id === id ? before : nothing), id }))
    }
    const work = async (): Promise<void> => {
      const run = await named(id, signal)
      change((before) => ({ ...before, view: toView(run) }))
      if (run.status !== 'running') return
      await followRun({
        id: run.run,
        signal,
        onEvent: (event) =>
          change((before) => (before.view ? { ...before, view: withEvent(before.view, event) } : before)),
        onLost: (lost) => change((before) => ({ ...before, lost })),
      })
      const ended = await get<RunDocument>(`/api/v1/runs/${run.run}`, signal)
      change((before) => ({ ...before, view: toView(ended) }))
      onEnd?.()
    }
    void work().catch((error: unknown) => change((before) => ({ ...before, problem: problemOf(error) })))
    return () => leaving.abort()
  }, [id])
  return followed.id === id ? followed : nothing
}

/** The run; where the id is that of a job that waits, once it has its name. */
async function named(id: string, signal: AbortSignal): Promise<RunDocument> {
  for (;;) {
    const run = await get<RunDocument & { readonly run: string | null }>(
      `/api/v1/runs/${encodeURIComponent(id)}`,
      signal,
    )
    if (run.run !== null && run.steps !== undefined) return run
    if (run.error) throw endedUnnamed(run.error)
    await new Promise((done) => setTimeout(done, nameMs))
  }
}

function endedUnnamed(error: { readonly code: string; readonly message: string; readonly hint?: string }) {
  return new ProblemError({ status: 500, error })
}
