import { useCallback, useEffect, useState } from 'preact/hooks'
import { get } from './client.ts'
import { type Problem, problemOf } from './problem.ts'
import { onToken } from './token.ts'

export interface Resource<T> {
  /** What came last; stays while it is asked again. */
  readonly value: T | undefined
  readonly problem: Problem | undefined
  readonly loading: boolean
  readonly reload: () => void
}

interface Answered<T> {
  readonly path: string | undefined
  readonly value?: T
  readonly problem?: Problem
}

/** What an address answers; asked again by `reload`, by a new token, and every so often where `everyMs` says. Without a path nothing is asked. */
export function useResource<T>(path: string | undefined, everyMs?: number): Resource<T> {
  const [answered, setAnswered] = useState<Answered<T>>({ path: undefined })
  const [asked, setAsked] = useState(0)
  const reload = useCallback(() => setAsked((count) => count + 1), [])
  useEffect(() => onToken(reload), [reload])
  useEffect(() => {
    if (path === undefined) return
    const leaving = new AbortController()
    get<T>(path, leaving.signal).then(
      (value) => setAnswered({ path, value }),
      (error: unknown) => {
        if (!leaving.signal.aborted) setAnswered((before) => keptWith(before, path, problemOf(error)))
      },
    )
    return () => leaving.abort()
  }, [path, asked])
  useEffect(() => {
    if (everyMs === undefined) return
    const timer = setInterval(() => document.visibilityState === 'visible' && reload(), everyMs)
    return () => clearInterval(timer)
  }, [everyMs, reload])
  const known = answered.path === path ? answered : undefined
  return { value: known?.value, problem: known?.problem, loading: path !== undefined && !known, reload }
}

/** A server that cannot be reached for a moment takes nothing off the page. */
function keptWith<T>(before: Answered<T>, path: string, problem: Problem): Answered<T> {
  const kept = before.path === path && problem.status === 0 && before.value !== undefined
  return kept ? { ...before, problem } : { path, problem }
}
