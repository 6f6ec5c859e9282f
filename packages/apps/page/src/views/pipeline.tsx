import { useEffect, useState } from 'preact/hooks'
import { apiOf } from '../api/client.ts'
import type { PipelinePlan, PipelineSummary } from '../api/documents.ts'
import { useResource } from '../api/use-resource.ts'
import { Loading, ProblemBox } from '../parts/told.tsx'
import { useRun } from '../run/use-run.ts'
import { type Route, sections, toPipeline } from '../window/route.ts'
import { useSpeech } from '../words/language.tsx'
import { Actions } from './actions.tsx'
import { Changes } from './changes.tsx'
import { Overview } from './overview.tsx'
import { Refused } from './refused.tsx'
import { Runs } from './runs.tsx'
import { Tables } from './tables.tsx'
import { useTitle } from './use-title.ts'

const everyMs = 4000

/** One pipeline: its actions, and one of its parts. What goes on is followed on each of them. */
export function PipelineView({
  route: { pipeline, section, table },
  query,
  mayOperate,
}: {
  readonly route: Route & { readonly kind: 'pipeline' }
  readonly query: URLSearchParams
  readonly mayOperate: boolean
}) {
  const { say } = useSpeech()
  useTitle(`${pipeline} · ${say(`section.${section}`)}`)
  const plan = useResource<PipelinePlan>(apiOf(pipeline))
  const all = useResource<{ readonly pipelines: readonly PipelineSummary[] }>('/api/v1/pipelines', everyMs)
  const summary = all.value?.pipelines.find(({ name }) => name === pipeline)
  const [started, setStarted] = useState<string>()
  const latest = latestOf(summary, started)
  const followed = useRun(latest, () => {
    plan.reload()
    all.reload()
  })
  const named = followed.view?.run
  useEffect(() => {
    if (started?.startsWith('job-') && named !== undefined) setStarted(named)
  }, [started, named])
  const version = followed.view?.status === 'running' ? 'running' : (followed.view?.run ?? '')
  return (
    <>
      <h1>{pipeline}</h1>
      <Actions
        pipeline={pipeline}
        view={followed.view}
        waiting={latest !== undefined && followed.view === undefined && followed.problem === undefined}
        mayOperate={mayOperate}
        onStarted={({ run, job }) => setStarted(run ?? job)}
      />
      <nav class="sections" aria-label={say('section.label')}>
        {sections.map((one) => (
          <a key={one} href={toPipeline(pipeline, one)} aria-current={one === section ? 'page' : undefined}>
            {say(`section.${one}`)}
          </a>
        ))}
      </nav>
      {plan.problem && plan.problem.error.code !== 'busy' && (
        <ProblemBox problem={plan.problem} again={plan.reload} />
      )}
      {all.problem && <ProblemBox problem={all.problem} again={all.reload} />}
      {!summary && !plan.problem && <Loading />}
      {summary && section === 'overview' && (
        <Overview plan={plan} followed={followed} never={latest === undefined} pipeline={pipeline} />
      )}
      {summary && section === 'runs' && <Runs key={version} pipeline={pipeline} />}
      {summary && section === 'refused' && (
        <Refused key={version} summary={summary} mayOperate={mayOperate} running={version === 'running'} />
      )}
      {summary && section === 'tables' && (
        <Tables
          key={version}
          pipeline={pipeline}
          published={summary.published !== null}
          table={table}
          query={query}
          mayOperate={mayOperate}
        />
      )}
      {summary && section === 'changes' && (
        <Changes key={version} pipeline={pipeline} published={summary.published} />
      )}
    </>
  )
}

/** The run to show: one that was started here, once the server names no later one. */
function latestOf(summary: PipelineSummary | undefined, started: string | undefined): string | undefined {
  const last = summary?.active[0]?.run ?? summary?.last_run?.run
  if (started === undefined) return last
  return last === undefined || started.startsWith('job-') || started > last ? started : last
}
