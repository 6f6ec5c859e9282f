import { spawn } from 'node:child_process'
import { exitCode, exitOf, isSillageError, SillageError } from '@sillage/base'
import type { Project } from '@sillage/pipeline'
import { now } from '../clock.ts'
import { note } from '../output.ts'
import { readSecret } from '../secrets.ts'
import { type OnFailure, onFailureOf } from './keys.ts'

/** What an alarm says: names and codes, never a value of a customer. */
export interface AlarmFacts {
  readonly type: 'run_failed' | 'pipeline_stale'
  readonly run?: string | undefined
  readonly status: string
  readonly error?: string | undefined
  readonly stage?: string | undefined
}

/** Tells whoever `on_failure` names. Never throws: an alarm that fails is a note, and hides no failure. */
export type Alarm = (facts: AlarmFacts) => Promise<void>

const attempts = 3
const attemptMs = 10_000
const commandMs = 60_000

/** The alarm of a pipeline's project. Throws `secret_missing` now rather than in the night in which it is needed. */
export function openAlarm({
  project,
  pipeline,
}: {
  readonly project: Project
  readonly pipeline: string
}): Alarm {
  const onFailure = withSecrets(project)
  return async (facts) => {
    const told = { pipeline, environment: project.environment ?? null, ...facts }
    if (onFailure.webhook !== undefined) await post(onFailure.webhook, told)
    if (onFailure.command !== undefined) await start(onFailure.command, told, project.folder)
  }
}

type Told = AlarmFacts & { readonly pipeline: string; readonly environment: string | null }

function withSecrets(project: Project): OnFailure {
  const { webhook, command } = onFailureOf(project) ?? {}
  const replaced = webhook?.replaceAll(/\$\{secret:([^}]*)\}/g, (_, name: string) =>
    readSecret(name, project),
  )
  if (replaced !== undefined && !URL.canParse(replaced))
    throw new SillageError({
      code: 'alarm_invalid',
      message: 'on_failure.webhook is no address',
      hint: 'write it as https://…, or as ${secret:name} with such a secret',
    })
  return {
    ...(replaced === undefined ? {} : { webhook: replaced }),
    ...(command === undefined ? {} : { command }),
  }
}

/** Posts the facts as JSON. Its address may be a secret and is not told. */
async function post(url: string, { type, ...data }: Told): Promise<void> {
  const body = JSON.stringify({ type, timestamp: now().toISOString(), data })
  let failure = ''
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        signal: AbortSignal.timeout(attemptMs),
      })
      if (response.ok) return
      failure = `it answered ${response.status}`
    } catch (error) {
      failure =
        error instanceof Error && error.name === 'TimeoutError' ? 'it did not answer' : 'it cannot be reached'
    }
  }
  note(`on_failure: the webhook was not told: ${failure}`)
}

/** Runs the command in the project's folder. What it prints goes to stderr, so that JSON on stdout stays whole. */
function start(command: string, facts: Told, folder: string): Promise<void> {
  const { type, pipeline, run = '', status, error = '', stage = '' } = facts
  const child = spawn('sh', ['-c', command], {
    cwd: folder,
    stdio: ['ignore', 2, 2],
    timeout: commandMs,
    env: {
      ...process.env,
      SILLAGE_ALARM: type,
      SILLAGE_PIPELINE: pipeline,
      SILLAGE_RUN: run,
      SILLAGE_STATUS: status,
      SILLAGE_ERROR: error,
      SILLAGE_STAGE: stage,
    },
  })
  return new Promise((done) => {
    child.on('error', () => {
      note('on_failure: the command could not be started')
      done()
    })
    child.on('close', (code) => {
      if (code !== null && code !== 0) note(`on_failure: the command ended with ${code}`)
      if (code === null) note('on_failure: the command was stopped')
      done()
    })
  })
}

/** A second run that finds the first at work, and a wrong command line, are no failures of the pipeline. */
export function isAlarming(error: unknown): boolean {
  if (!isSillageError(error)) return true
  const exit = exitOf(error)
  return exit !== exitCode.busy && exit !== exitCode.usage
}

export function codeOf(error: unknown): string {
  return isSillageError(error) ? error.code : 'internal'
}
