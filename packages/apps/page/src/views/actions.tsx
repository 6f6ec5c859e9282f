import { useState } from 'preact/hooks'
import { apiOf, download } from '../api/client.ts'
import type { StartedRun } from '../api/documents.ts'
import { type Problem, problemOf } from '../api/problem.ts'
import { Icon } from '../parts/icon.tsx'
import { Note, ProblemBox } from '../parts/told.tsx'
import type { RunView } from '../run/run-progress.ts'
import { useSpeech } from '../words/language.tsx'
import { CancelButton } from './cancel-button.tsx'
import { RunButton } from './run-button.tsx'

/** What can be done with a pipeline now. */
export function Actions({
  pipeline,
  view,
  waiting,
  mayOperate,
  onStarted,
}: {
  readonly pipeline: string
  readonly view: RunView | undefined
  readonly waiting: boolean
  readonly mayOperate: boolean
  readonly onStarted: (started: StartedRun) => void
}) {
  const { say } = useSpeech()
  const [asked, setAsked] = useState(false)
  const running = view?.status === 'running'
  const common = { pipeline, busy: running || waiting, mayOperate, onStarted }
  return (
    <section class="actions" aria-label={say('action.label')}>
      <div class="buttons">
        {running ? (
          <CancelButton view={view} mayOperate={mayOperate} />
        ) : (
          <RunButton {...common} word={view === undefined ? 'action.run' : 'action.again'} />
        )}
        {!running && (
          <>
            <RunButton
              {...common}
              main={false}
              word="action.dry"
              about="action.dry.what"
              options={{ dry_run: true }}
            />
            <button
              type="button"
              disabled={common.busy || !mayOperate}
              title={say(mayOperate ? 'action.full.what' : 'role.needs')}
              aria-expanded={asked}
              onClick={() => setAsked(!asked)}
            >
              <Icon name="again" />
              {say('action.full')}
            </button>
          </>
        )}
        <ReportButton pipeline={pipeline} mayOperate={mayOperate} />
      </div>
      {asked && !running && (
        <div class="told tone-warn">
          <p>{say('action.full.ask', { pipeline })}</p>
          <div class="buttons">
            <RunButton
              {...common}
              word="action.yes"
              options={{ full_refresh: true }}
              onStarted={(started) => {
                setAsked(false)
                onStarted(started)
              }}
            />
            <button type="button" onClick={() => setAsked(false)}>
              {say('action.no')}
            </button>
          </div>
        </div>
      )}
      {waiting && <Note>{say('action.queued')}</Note>}
      {!mayOperate && <Note>{say('role.needs')}</Note>}
    </section>
  )
}

/** Saves the report, in the language of the page. */
function ReportButton({ pipeline, mayOperate }: { readonly pipeline: string; readonly mayOperate: boolean }) {
  const { say, language } = useSpeech()
  const [state, setState] = useState<'idle' | 'working' | Problem>('idle')
  const save = async (): Promise<void> => {
    setState('working')
    try {
      await download(apiOf(pipeline, `/report?locale=${language}`), `${pipeline}.html`)
      setState('idle')
    } catch (error) {
      setState(problemOf(error))
    }
  }
  return (
    <>
      <button type="button" disabled={state === 'working' || !mayOperate} onClick={() => void save()}>
        <Icon name="save" />
        {say('action.report')}
      </button>
      {state === 'working' && <Note>{say('action.report.working')}</Note>}
      {typeof state === 'object' && <ProblemBox problem={state} />}
    </>
  )
}
