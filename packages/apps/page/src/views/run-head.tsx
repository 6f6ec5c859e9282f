import { useEffect, useRef, useState } from 'preact/hooks'
import { RunBadge } from '../parts/badge.tsx'
import { Facts } from '../parts/facts.tsx'
import { ProblemBox } from '../parts/told.tsx'
import { balanceOf } from '../run/balance.ts'
import type { RunView } from '../run/run-progress.ts'
import { toPipeline, toRun } from '../window/route.ts'
import { useSpeech } from '../words/language.tsx'

/** How a run stands: status, progress, duration, the balance of its rows, its error. */
export function RunHead({ view, pipeline }: { readonly view: RunView; readonly pipeline: string }) {
  const { say, date, seconds, number } = useSpeech()
  const { run, status, started, steps, stages, error, command } = view
  const running = status === 'running'
  const { received, rejected, merged, filtered } = balanceOf(steps)
  return (
    <section class="run-head" aria-label={say('run.title', { run })}>
      <div class="card-head">
        <h2>
          <a href={toRun(run)}>{say('run.title', { run })}</a>
        </h2>
        <RunBadge status={status} />
      </div>
      {running && (
        <progress
          max={Math.max(1, stages.length)}
          value={steps.length}
          aria-label={progressText(view, say, number)}
        />
      )}
      <Announcer
        text={
          running ? progressText(view, say, number) : say('run.ended', { status: say(`status.${status}`) })
        }
        running={running}
      />
      <Facts
        facts={[
          [say('run.started'), date(started)],
          [
            say('run.seconds'),
            running ? (
              <Clock key="clock" since={started} />
            ) : view.seconds === undefined ? (
              '–'
            ) : (
              seconds(view.seconds)
            ),
          ],
          [say('run.received'), number(received)],
          [
            say('run.rejected'),
            rejected > 0 ? (
              <a
                key="rejected"
                href={toPipeline(pipeline, 'refused')}
                aria-label={`${number(rejected)}: ${say('run.why')}`}
              >
                {number(rejected)}
              </a>
            ) : (
              '0'
            ),
          ],
          [say('run.merged'), number(merged)],
          [say('run.filtered'), number(filtered)],
          command !== undefined && [say('run.command'), <code key="command">{command}</code>],
        ]}
      />
      {error && <ProblemBox problem={{ status: 500, error: withStage(error) }} />}
    </section>
  )
}

function withStage({ stage, message, ...error }: NonNullable<RunView['error']>) {
  return {
    ...error,
    message: stage === undefined || message.includes(stage) ? message : `${stage}: ${message}`,
  }
}

type Speech = ReturnType<typeof useSpeech>

function progressText(
  { unfinished, steps, stages }: RunView,
  say: Speech['say'],
  number: Speech['number'],
): string {
  const places = { done: number(steps.length), all: number(stages.length) }
  const stage = unfinished.at(-1)
  return stage === undefined ? say('run.progress', places) : say('run.now', { ...places, stage })
}

const everyMs = 5000

/** Shows progress at once, and tells it to who listens no more often than every few seconds; the end at once. */
function Announcer({ text, running }: { readonly text: string; readonly running: boolean }) {
  const [told, setTold] = useState('')
  const next = useRef(text)
  next.current = text
  const wasRunning = useRef(false)
  useEffect(() => {
    if (!running) {
      if (wasRunning.current) setTold(next.current)
      return
    }
    wasRunning.current = true
    setTold(next.current)
    const timer = setInterval(() => setTold(next.current), everyMs)
    return () => clearInterval(timer)
  }, [running])
  return (
    <>
      {running && (
        <p class="now" aria-hidden="true">
          {text}
        </p>
      )}
      <p class="unseen" role="status" aria-live="polite">
        {told}
      </p>
    </>
  )
}

/** The time since a moment, second by second; silent to who listens. */
function Clock({ since }: { readonly since: string }) {
  const { seconds } = useSpeech()
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  return <span>{seconds(Math.max(0, Math.round((now - Date.parse(since)) / 1000)))}</span>
}
