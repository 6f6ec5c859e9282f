import type { CheckFacts } from '@sillage/journal'
import type { RunStatus } from '../api/documents.ts'
import type { StageState } from '../run/run-progress.ts'
import { useSpeech, type Word } from '../words/language.tsx'
import { Icon, type IconName } from './icon.tsx'

/** How a state looks: always a shape and a word, a colour besides. */
interface Look {
  readonly icon: IconName
  readonly tone: 'good' | 'bad' | 'busy' | 'quiet' | 'warn'
}

const runLooks: Readonly<Record<RunStatus | 'queued' | 'never', Look>> = {
  running: { icon: 'running', tone: 'busy' },
  succeeded: { icon: 'done', tone: 'good' },
  failed: { icon: 'failed', tone: 'bad' },
  interrupted: { icon: 'interrupted', tone: 'warn' },
  cancelled: { icon: 'interrupted', tone: 'warn' },
  queued: { icon: 'waiting', tone: 'busy' },
  never: { icon: 'pending', tone: 'quiet' },
}

export const stageLooks: Readonly<Record<StageState, Look>> = {
  pending: { icon: 'pending', tone: 'quiet' },
  running: { icon: 'running', tone: 'busy' },
  done: { icon: 'done', tone: 'good' },
  reused: { icon: 'reused', tone: 'quiet' },
  failed: { icon: 'failed', tone: 'bad' },
  interrupted: { icon: 'interrupted', tone: 'warn' },
}

const checkLooks: Readonly<Record<CheckFacts['status'], Look>> = {
  pass: { icon: 'done', tone: 'good' },
  warn: { icon: 'warning', tone: 'warn' },
  fail: { icon: 'failed', tone: 'bad' },
}

export function RunBadge({ status }: { readonly status: keyof typeof runLooks }) {
  return <Badge look={runLooks[status]} word={`status.${status}`} />
}

export function StageBadge({ state }: { readonly state: StageState }) {
  return <Badge look={stageLooks[state]} word={`stage.${state}`} />
}

export function CheckBadge({ status }: { readonly status: CheckFacts['status'] }) {
  return <Badge look={checkLooks[status]} word={`check.${status}`} />
}

function Badge({ look: { icon, tone }, word }: { readonly look: Look; readonly word: Word }) {
  const { say } = useSpeech()
  return (
    <span class={`badge tone-${tone}`}>
      <Icon name={icon} />
      {say(word)}
    </span>
  )
}
