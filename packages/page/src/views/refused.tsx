import { apiOf } from '../api/client.ts'
import type { Reasons, RefusedStage } from '../api/documents.ts'
import { useResource } from '../api/use-resource.ts'
import { Share } from '../parts/share.tsx'
import { Table } from '../parts/table.tsx'
import { Empty, Loading, Note, ProblemBox } from '../parts/told.tsx'
import { useSpeech } from '../words/language.tsx'
import { RefusedSamples } from './refused-samples.tsx'

type Reason = Reasons['reasons'][number]

/** Why rows were refused: by stage and reason, with some of the rows for who may see them. */
export function Refused({
  pipeline,
  published,
  mayOperate,
  running,
}: {
  readonly pipeline: string
  readonly published: boolean
  readonly mayOperate: boolean
  readonly running: boolean
}) {
  const { say, number } = useSpeech()
  const { value, problem, reload } = useResource<Reasons>(published ? apiOf(pipeline, '/rejects') : undefined)
  const samples = useResource<{ readonly stages: readonly RefusedStage[] }>(
    mayOperate && !running && (value?.reasons.length ?? 0) > 0
      ? apiOf(pipeline, '/rejects?samples=5')
      : undefined,
  )
  if (!published) return <Empty title={say('refused.not.yet')} hint={say('run.none.hint')} />
  if (problem) return <ProblemBox problem={problem} again={reload} />
  if (!value) return <Loading />
  const stages = byStage(value.reasons)
  if (stages.length === 0) return <Empty title={say('refused.none')} hint={say('refused.none.hint')} />
  const total = value.reasons.reduce((all, { rows }) => all + rows, 0)
  return (
    <>
      <h2>{say('refused.title')}</h2>
      <p>
        {say('refused.total', { count: number(total), stages: stages.map(([stage]) => stage).join(', ') })}
      </p>
      <Note>{say('refused.mend', { pipeline })}</Note>
      {!mayOperate && <Note>{say('refused.samples.role')}</Note>}
      {running && <Note>{say('refused.samples.busy')}</Note>}
      {samples.problem && <ProblemBox problem={samples.problem} again={samples.reload} />}
      {stages.map(([stage, reasons]) => (
        <StageReasons
          key={stage}
          stage={stage}
          reasons={reasons}
          samples={samples.value?.stages.find((one) => one.stage === stage)}
        />
      ))}
    </>
  )
}

function StageReasons({
  stage,
  reasons,
  samples,
}: {
  readonly stage: string
  readonly reasons: readonly Reason[]
  readonly samples: RefusedStage | undefined
}) {
  const { say, number, percent } = useSpeech()
  const { rows_in: rows, rejected } = reasons[0]!
  const count = rejected ?? reasons.reduce((all, reason) => all + reason.rows, 0)
  const title =
    rows === null
      ? say('refused.stage.short', { stage, rejected: number(count) })
      : say('refused.stage', {
          stage,
          rejected: number(count),
          rows: number(rows),
          share: percent(rows === 0 ? 0 : count / rows),
        })
  return (
    <section class="card" aria-label={title}>
      <h3>{title}</h3>
      <Table
        caption={title}
        hideCaption
        heads={[
          { title: say('refused.why') },
          { title: say('refused.column') },
          { title: say('refused.rows'), right: true },
          { title: say('refused.share') },
        ]}
        rows={reasons.map(({ code, column, message, rows: refused }) => ({
          key: `${code} ${column}`,
          cells: [
            <>
              {message} <small>[{code}]</small>
            </>,
            column === null ? '' : <code key="column">{column}</code>,
            number(refused),
            <Share key="share" value={count === 0 ? 0 : refused / count} />,
          ],
        }))}
      />
      {samples && <RefusedSamples stage={samples} />}
    </section>
  )
}

function byStage(reasons: readonly Reason[]): readonly (readonly [string, readonly Reason[]])[] {
  const stages = new Map<string, Reason[]>()
  for (const reason of reasons) stages.set(reason.stage, [...(stages.get(reason.stage) ?? []), reason])
  return [...stages]
}
