import { apiOf } from '../api/client.ts'
import type { PipelinePlan } from '../api/documents.ts'
import { useResource } from '../api/use-resource.ts'
import { Loading, ProblemBox } from '../parts/told.tsx'
import { useRun } from '../run/use-run.ts'
import { toPipeline } from '../window/route.ts'
import { useSpeech } from '../words/language.tsx'
import { CancelButton } from './cancel-button.tsx'
import { Overview } from './overview.tsx'
import { RunButton } from './run-button.tsx'
import { useTitle } from './use-title.ts'

/** One run, also one of long ago. */
export function RunPage({ run, mayOperate }: { readonly run: string; readonly mayOperate: boolean }) {
  const { say } = useSpeech()
  useTitle(say('run.title', { run }))
  const followed = useRun(run)
  const pipeline = followed.view?.pipeline
  const plan = useResource<PipelinePlan>(pipeline === undefined ? undefined : apiOf(pipeline))
  if (pipeline === undefined)
    return followed.problem ? <ProblemBox problem={followed.problem} /> : <Loading />
  return (
    <>
      <h1>
        <a href={toPipeline(pipeline)}>{pipeline}</a>
      </h1>
      <div class="buttons">
        {followed.view?.status === 'running' ? (
          <CancelButton view={followed.view} mayOperate={mayOperate} />
        ) : (
          <RunButton
            pipeline={pipeline}
            busy={false}
            mayOperate={mayOperate}
            word="action.again"
            onStarted={() => {
              location.hash = toPipeline(pipeline)
            }}
          />
        )}
      </div>
      <Overview plan={plan} followed={followed} never={false} pipeline={pipeline} />
    </>
  )
}
