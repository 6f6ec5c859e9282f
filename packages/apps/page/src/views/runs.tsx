import { useState } from 'preact/hooks'
import type { JobDocument, RunDocument } from '../api/documents.ts'
import { useResource } from '../api/use-resource.ts'
import { RunBadge } from '../parts/badge.tsx'
import { type Bar, Bars } from '../parts/bars.tsx'
import { Table } from '../parts/table.tsx'
import { Empty, Loading, ProblemBox } from '../parts/told.tsx'
import { balanceOf } from '../run/balance.ts'
import { toRun } from '../window/route.ts'
import { useSpeech } from '../words/language.tsx'

const page = 40

/** The history of a pipeline: how long runs took, what they received and refused. */
export function Runs({ pipeline }: { readonly pipeline: string }) {
  const { say, number, seconds, date } = useSpeech()
  const [limit, setLimit] = useState(page)
  const { value, problem, reload } = useResource<{
    readonly runs: readonly RunDocument[]
    readonly waiting: readonly JobDocument[]
  }>(`/api/v1/runs?pipeline=${encodeURIComponent(pipeline)}&limit=${limit}`)
  if (problem) return <ProblemBox problem={problem} again={reload} />
  if (!value) return <Loading />
  const { runs } = value
  if (runs.length === 0) return <Empty title={say('runs.none')} hint={say('run.none.hint')} />
  const ended = runs.filter(({ seconds: took }) => took !== undefined).reverse()
  return (
    <>
      <h2>{say('runs.title')}</h2>
      <div class="charts">
        <History
          runs={ended}
          title={say('runs.duration')}
          of={({ seconds: took = 0 }) => took}
          shown={seconds}
        />
        <History
          runs={ended}
          title={say('runs.rows')}
          of={(run) => balanceOf(run.steps).received}
          shown={number}
        />
        <History
          runs={ended}
          title={say('runs.refused')}
          of={(run) => balanceOf(run.steps).rejected}
          shown={number}
        />
      </div>
      <Table
        caption={say('runs.title')}
        hideCaption
        heads={[
          { title: say('runs.run') },
          { title: say('runs.status') },
          { title: say('run.started') },
          { title: say('run.seconds'), right: true },
          { title: say('runs.steps'), right: true },
          { title: say('run.received'), right: true },
          { title: say('run.rejected'), right: true },
          { title: say('runs.note') },
        ]}
        rows={runs.map((run) => ({
          key: run.run,
          cells: [
            <a key="run" href={toRun(run.run)}>
              {run.run}
            </a>,
            <RunBadge key="status" status={run.status} />,
            date(run.started),
            run.seconds === undefined ? '' : seconds(run.seconds),
            `${number(run.steps.length)}/${number(run.stages.length)}`,
            number(balanceOf(run.steps).received),
            number(balanceOf(run.steps).rejected),
            run.error?.message ?? (run.whole ? '' : say('run.partial')),
          ],
        }))}
      />
      {runs.length === limit && (
        <button type="button" onClick={() => setLimit(Math.min(500, limit + 3 * page))}>
          {say('runs.more')}
        </button>
      )}
    </>
  )
}

function History({
  runs,
  title,
  of,
  shown,
}: {
  readonly runs: readonly RunDocument[]
  readonly title: string
  readonly of: (run: RunDocument) => number
  readonly shown: (value: number) => string
}) {
  const { say, date } = useSpeech()
  const last = runs.slice(-page)
  if (last.length === 0) return null
  const values = last.map(of)
  const summary = say('runs.between', {
    from: shown(Math.min(...values)),
    to: shown(Math.max(...values)),
    last: shown(values.at(-1)!),
  })
  const bars = last.map(
    (run): Bar => ({
      run: run.run,
      value: of(run),
      text: `${date(run.started)}: ${shown(of(run))}, ${say(`status.${run.status}`)}`,
      tone: run.status === 'succeeded' ? 'good' : run.status === 'failed' ? 'bad' : 'warn',
    }),
  )
  return <Bars title={title} summary={summary} bars={bars} />
}
