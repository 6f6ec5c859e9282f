import { useState } from 'preact/hooks'
import { post } from '../api/client.ts'
import { type Problem, problemOf } from '../api/problem.ts'
import { Icon } from '../parts/icon.tsx'
import { Note, ProblemBox } from '../parts/told.tsx'
import type { RunView } from '../run/run-progress.ts'
import { useSpeech } from '../words/language.tsx'

/** Cancels a run; asked again, it stops at once. A run that the server did not start is stopped where it was started. */
export function CancelButton({
  view: { run, job },
  mayOperate,
}: {
  readonly view: RunView
  readonly mayOperate: boolean
}) {
  const { say } = useSpeech()
  const [asked, setAsked] = useState(false)
  const [problem, setProblem] = useState<Problem>()
  const cancel = (): void => {
    setAsked(true)
    post(`/api/v1/runs/${encodeURIComponent(run)}/cancel`).catch((error: unknown) =>
      setProblem(problemOf(error)),
    )
  }
  if (job === undefined) return <Note>{say('action.elsewhere')}</Note>
  return (
    <>
      <button type="button" disabled={!mayOperate} onClick={cancel}>
        <Icon name="stop" />
        {say(asked ? 'action.cancel.again' : 'action.cancel')}
      </button>
      {asked && !problem && <Note>{say('action.cancelling')}</Note>}
      {problem && <ProblemBox problem={problem} />}
    </>
  )
}
