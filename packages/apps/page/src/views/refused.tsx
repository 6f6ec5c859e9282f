import { apiOf } from '../api/client.ts'
import type { PipelineSummary, Reasons, RefusedStage } from '../api/documents.ts'
import { useResource } from '../api/use-resource.ts'
import { Empty, Loading, Note, ProblemBox } from '../parts/told.tsx'
import { useSpeech } from '../words/language.tsx'
import { RefusedStageCard } from './refused-stage.tsx'

/**
 * Why rows were refused: by stage and reason. Who may operate sees the last run, also one that failed, with some of the rows; others see
 * what is published, without rows.
 */
export function Refused({
  summary: { name: pipeline, last_run: last, published },
  mayOperate,
  running,
}: {
  readonly summary: PipelineSummary
  readonly mayOperate: boolean
  readonly running: boolean
}) {
  const { say, number } = useSpeech()
  const ofRun = mayOperate && !running
  const known = ofRun ? last !== null : published !== null
  const { value, problem, reload } = useResource<Answered>(
    known ? apiOf(pipeline, ofRun ? '/rejects?samples=5' : '/rejects') : undefined,
  )
  if (!known) return <Empty title={say('refused.not.yet')} hint={say('run.none.hint')} />
  if (problem) return <ProblemBox problem={problem} again={reload} />
  if (!value) return <Loading />
  const stages = 'stages' in value ? value.stages : byStage(value)
  const total = stages.reduce((all, { rejected }) => all + rejected, 0)
  return (
    <>
      <h2>{say('refused.title')}</h2>
      {stages.length === 0 ? (
        <Empty title={say('refused.none')} hint={say('refused.none.hint')} />
      ) : (
        <p>
          {say('refused.total', {
            count: number(total),
            stages: stages.map(({ stage }) => stage).join(', '),
          })}
        </p>
      )}
      <Note>{say(ofRun ? 'refused.of.run' : 'refused.of.mart')}</Note>
      {!mayOperate && <Note>{say('refused.samples.role')}</Note>}
      {mayOperate && running && <Note>{say('refused.samples.busy')}</Note>}
      {stages.map((stage) => (
        <RefusedStageCard key={stage.stage} stage={stage} />
      ))}
      {stages.length > 0 && <Note>{say('refused.mend', { pipeline })}</Note>}
    </>
  )
}

type Answered = Reasons | { readonly stages: readonly RefusedStage[] }

function byStage({ reasons }: Reasons): readonly RefusedStage[] {
  const stages = [...new Set(reasons.map(({ stage }) => stage))]
  return stages.map((stage) => {
    const all = reasons.filter((reason) => reason.stage === stage)
    const { rows_in: rows, rejected } = all[0]!
    return {
      stage,
      rows_in: rows ?? 0,
      rejected: rejected ?? all.reduce((sum, reason) => sum + reason.rows, 0),
      reasons: all.map((reason) => ({ ...reason, samples: [] })),
    }
  })
}
