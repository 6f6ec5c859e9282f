import { useState } from 'preact/hooks'
import { apiOf } from '../api/client.ts'
import type { PipelinePlan, RunDocument } from '../api/documents.ts'
import { Loading, ProblemBox } from '../parts/told.tsx'
import { type Route, sections, toPipeline } from '../state/route.ts'
import { useResource } from '../state/use-resource.ts'
import { useRun } from '../state/use-run.ts'
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
  const runs = useResource<{ readonly runs: readonly RunDocument[] }>(
    `/api/v1/runs?pipeline=${encodeURIComponent(pipeline)}&limit=1`,
    everyMs,
  )
  const [started, setStarted] = useState<string>()
  const last = runs.value?.runs[0]
  const latest =
    started !== undefined && (last === undefined || started.startsWith('job-') || started > last.run)
      ? started
      : last?.run
  const followed = useRun(latest, () => {
    plan.reload()
    runs.reload()
  })
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
      {runs.problem && <ProblemBox problem={runs.problem} again={runs.reload} />}
      {section === 'overview' &&
        (runs.loading ? (
          <Loading />
        ) : (
          <Overview plan={plan.value} followed={followed} never={latest === undefined} pipeline={pipeline} />
        ))}
      {section === 'runs' && <Runs key={version} pipeline={pipeline} />}
      {section === 'refused' && (
        <Refused key={version} pipeline={pipeline} mayOperate={mayOperate} running={version === 'running'} />
      )}
      {section === 'tables' && (
        <Tables key={version} pipeline={pipeline} table={table} query={query} mayOperate={mayOperate} />
      )}
      {section === 'changes' && <Changes key={version} pipeline={pipeline} />}
    </>
  )
}
