import { useState } from 'preact/hooks'
import { apiOf, post } from '../api/client.ts'
import type { StartedRun } from '../api/documents.ts'
import { type Problem, problemOf } from '../api/problem.ts'
import { Icon } from '../parts/icon.tsx'
import { ProblemBox } from '../parts/told.tsx'
import { useSpeech, type Word } from '../words/language.tsx'

/** What a run is asked with from the page. */
export type RunOptions = { readonly dry_run?: true; readonly full_refresh?: true }

/** Starts a run; says why it cannot. */
export function RunButton({
  pipeline,
  busy,
  mayOperate,
  onStarted,
  options = {},
  word = 'action.run',
  about,
  main = true,
}: {
  readonly pipeline: string
  readonly busy: boolean
  readonly mayOperate: boolean
  readonly onStarted: (started: StartedRun) => void
  readonly options?: RunOptions
  readonly word?: Word
  readonly about?: Word
  readonly main?: boolean
}) {
  const { say } = useSpeech()
  const [problem, setProblem] = useState<Problem>()
  const [asking, setAsking] = useState(false)
  const start = async (): Promise<void> => {
    setAsking(true)
    setProblem(undefined)
    try {
      onStarted(await post<StartedRun>(apiOf(pipeline, '/runs'), options))
    } catch (error) {
      setProblem(problemOf(error))
    }
    setAsking(false)
  }
  const title = mayOperate ? about && say(about) : say('role.needs')
  return (
    <>
      <button
        type="button"
        class={main ? 'main' : ''}
        disabled={busy || asking || !mayOperate}
        title={title}
        aria-label={`${say(word)}: ${pipeline}`}
        onClick={() => void start()}
      >
        <Icon name={word === 'action.again' ? 'again' : 'play'} />
        {say(word)}
      </button>
      {problem && <ProblemBox problem={problem} />}
    </>
  )
}
