import { useState } from 'preact/hooks'
import type { PipelinePlan } from '../api/documents.ts'
import type { Resource } from '../api/use-resource.ts'
import { Graph } from '../graph/graph.tsx'
import { Empty, Loading, Note, ProblemBox } from '../parts/told.tsx'
import type { FollowedRun } from '../run/use-run.ts'
import { useSpeech } from '../words/language.tsx'
import { Checks } from './checks.tsx'
import { RunHead } from './run-head.tsx'
import { StageBox } from './stage-box.tsx'
import { Steps } from './steps.tsx'

/** The picture of a pipeline, with a run on it: live while it goes on. */
export function Overview({
  plan: { value: plan, problem: unplanned },
  followed: { view, problem, lost },
  never,
  pipeline,
}: {
  readonly plan: Pick<Resource<PipelinePlan>, 'value' | 'problem'>
  readonly followed: FollowedRun
  readonly never: boolean
  readonly pipeline: string
}) {
  const { say } = useSpeech()
  const [chosen, setChosen] = useState<string>()
  const node = plan?.nodes.find(({ id }) => id === chosen)
  return (
    <>
      {never && !unplanned && <Empty title={say('run.none')} hint={say('run.none.hint')} />}
      {problem && <ProblemBox problem={problem} />}
      {lost && <Note>{say('problem.lost')}</Note>}
      {view && <RunHead view={view} pipeline={pipeline} />}
      {plan ? (
        <>
          <h2>{say('graph.title')}</h2>
          {plan.stale && <Note>{say('graph.stale')}</Note>}
          <Graph plan={plan} view={view} chosen={chosen} onChoose={setChosen} />
        </>
      ) : unplanned ? (
        unplanned.error.code === 'busy' && <Note>{say('graph.none')}</Note>
      ) : (
        <Loading />
      )}
      {node && <StageBox key={node.id} node={node} onClose={() => setChosen(undefined)} />}
      <Steps plan={plan} view={view} onChoose={setChosen} />
      {view && <Checks checks={view.checks} running={view.status === 'running'} />}
    </>
  )
}
