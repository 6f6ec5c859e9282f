import type { PipelinePlan } from '../api/documents.ts'
import { StageBadge } from '../parts/badge.tsx'
import { Table } from '../parts/table.tsx'
import { Note } from '../parts/told.tsx'
import { type RunView, stageOf } from '../run/run-progress.ts'
import { useSpeech } from '../words/language.tsx'

/** The stages as a table: what the picture shows, for who cannot see it, and with every count. */
export function Steps({
  plan,
  view,
  onChoose,
}: {
  readonly plan: PipelinePlan | undefined
  readonly view: RunView | undefined
  readonly onChoose: (stage: string) => void
}) {
  const { say, number } = useSpeech()
  const planned = plan?.nodes.filter(({ kind }) => kind !== 'mart').map(({ id }) => id) ?? []
  const gone = view?.stages.filter((stage) => !planned.includes(stage)) ?? []
  const stages = [...planned, ...gone]
  if (stages.length === 0) return null
  const count = (value: number | null | undefined) =>
    value === null || value === undefined ? '' : number(value)
  const right = (title: string) => ({ title, right: true })
  return (
    <>
      <h2>{say('steps.title')}</h2>
      <Note>{say('steps.balance')}</Note>
      <Table
        caption={say('steps.title')}
        hideCaption
        heads={[
          { title: say('steps.stage') },
          { title: say('steps.state') },
          right(say('steps.in')),
          right(say('steps.out')),
          right(say('steps.rejected')),
          right(say('steps.merged')),
          right(say('steps.filtered')),
          right(say('steps.seconds')),
          { title: say('steps.from') },
          { title: say('steps.plugin') },
        ]}
        rows={stages.map((stage) => {
          const { state, step, rowsSoFar } = stageOf(view, stage)
          const node = plan?.nodes.find(({ id }) => id === stage)
          const from = plan?.edges.filter(({ to }) => to === stage) ?? []
          return {
            key: stage,
            cells: [
              node ? (
                <button
                  type="button"
                  class="plain"
                  aria-label={say('graph.select', { stage })}
                  onClick={() => onChoose(stage)}
                >
                  {stage}
                </button>
              ) : (
                stage
              ),
              <StageBadge key="state" state={state} />,
              count(step?.rows_in),
              count(step?.rows_out ?? (state === 'running' ? rowsSoFar : undefined)),
              count(step?.rejected),
              count(step?.merged),
              count(step?.filtered),
              step ? step.seconds.toFixed(2) : '',
              from
                .map((edge) => (edge.output === undefined ? edge.from : `${edge.from}.${edge.output}`))
                .join(', '),
              <code key="plugin">{node?.plugin ?? step?.plugin ?? ''}</code>,
            ],
          }
        })}
      />
    </>
  )
}
