import type { PipelineSummary } from '../api/documents.ts'
import { useResource } from '../api/use-resource.ts'
import { RunBadge } from '../parts/badge.tsx'
import { Facts } from '../parts/facts.tsx'
import { Empty, Loading, ProblemBox } from '../parts/told.tsx'
import { toPipeline, toRun } from '../window/route.ts'
import { useSpeech } from '../words/language.tsx'
import { RunButton } from './run-button.tsx'
import { useTitle } from './use-title.ts'

const everyMs = 5000

/** The pipelines of the project, with how they stand. */
export function Pipelines({ mayOperate }: { readonly mayOperate: boolean }) {
  const { say } = useSpeech()
  useTitle(say('pipelines.title'))
  const { value, problem, reload } = useResource<{ readonly pipelines: readonly PipelineSummary[] }>(
    '/api/v1/pipelines',
    everyMs,
  )
  return (
    <>
      <h1>{say('pipelines.title')}</h1>
      {problem && <ProblemBox problem={problem} again={reload} />}
      {!value && !problem && <Loading />}
      {value?.pipelines.length === 0 && (
        <Empty title={say('pipelines.none')} hint={say('pipelines.none.hint')} />
      )}
      <ul class="cards">
        {value?.pipelines.map((pipeline) => (
          <Card key={pipeline.name} pipeline={pipeline} mayOperate={mayOperate} onStarted={reload} />
        ))}
      </ul>
    </>
  )
}

function Card({
  pipeline,
  mayOperate,
  onStarted,
}: {
  readonly pipeline: PipelineSummary
  readonly mayOperate: boolean
  readonly onStarted: () => void
}) {
  const { say, date, seconds, number } = useSpeech()
  const { name, file, last_run: last, last_success: success, active, schedule } = pipeline
  const status =
    active[0]?.state === 'queued' ? 'queued' : active.length > 0 ? 'running' : (last?.status ?? 'never')
  return (
    <li class="card">
      <div class="card-head">
        <h2>
          <a href={toPipeline(name)}>{name}</a>
        </h2>
        <RunBadge status={status} />
      </div>
      <Facts
        facts={[
          last && [
            say('pipelines.last'),
            <a key="run" href={toRun(last.run)}>
              {date(last.started)}
              {last.seconds !== null && `, ${seconds(last.seconds)}`}
            </a>,
          ],
          [say('pipelines.success'), success === null ? say('pipelines.none.success') : date(success)],
          schedule && [say('pipelines.schedule'), <code key="schedule">{schedule.schedule}</code>],
          schedule?.next && [say('pipelines.next'), date(schedule.next)],
          schedule?.problem && ['!', schedule.problem],
          schedule &&
            schedule.missed > 0 && [
              say('pipelines.missed'),
              say('pipelines.missed.at', {
                count: number(schedule.missed),
                date: schedule.last_missed === undefined ? '' : date(schedule.last_missed),
              }),
            ],
          [say('pipelines.file'), <code key="file">{file}</code>],
        ]}
      />
      <RunButton
        pipeline={name}
        busy={status === 'running' || status === 'queued'}
        mayOperate={mayOperate}
        onStarted={() => {
          onStarted()
          location.hash = toPipeline(name)
        }}
      />
    </li>
  )
}
