import { useState } from 'preact/hooks'
import { post } from '../api/client.ts'
import { type Problem, problemOf } from '../api/problem.ts'
import { Icon } from '../parts/icon.tsx'
import { Note, ProblemBox } from '../parts/told.tsx'
import { useSpeech } from '../words/language.tsx'

/** Cancels a run; asked again, it stops at once. */
export function CancelButton({ run, mayOperate }: { readonly run: string; readonly mayOperate: boolean }) {
  const { say } = useSpeech()
  const [asked, setAsked] = useState(false)
  const [problem, setProblem] = useState<Problem>()
  const cancel = (): void => {
    setAsked(true)
    post(`/api/v1/runs/${encodeURIComponent(run)}/cancel`).catch((error: unknown) =>
      setProblem(problemOf(error)),
    )
  }
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
