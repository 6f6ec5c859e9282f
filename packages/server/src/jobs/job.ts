import type { SillageError } from '@sillage/base'
import type { ServedPipeline } from '../host.ts'

/** What a run is asked with. */
export interface RunRequest {
  readonly params?: Readonly<Record<string, string | number | boolean>>
  readonly select?: readonly string[]
  readonly full_refresh?: boolean
  readonly dry_run?: boolean
}

/** A run that the server starts: its own name until the run has one. */
export interface Job {
  readonly id: string
  readonly pipeline: ServedPipeline
  readonly request: RunRequest
  readonly by: 'api' | 'schedule'
  readonly asked: string
  readonly state: 'queued' | 'starting' | 'running' | 'ended'
  /** The run, once its journal is there. */
  readonly run: string | undefined
  readonly cancelled: boolean
  /** Why it ended without a result of its own. */
  readonly error: SillageError | undefined
  readonly exit: number | null | undefined
  readonly signal: NodeJS.Signals | null | undefined
}

/** The arguments of the command line. Values stay beside their option, so that none is taken for another. */
export function runArguments({ file }: ServedPipeline, request: RunRequest): readonly string[] {
  const { params = {}, select = [], full_refresh, dry_run } = request
  return [
    'run',
    file,
    ...Object.entries(params).map(([key, value]) => `--param=${key}=${value}`),
    ...select.map((one) => `--select=${one}`),
    ...(full_refresh ? ['--full-refresh'] : []),
    ...(dry_run ? ['--dry-run'] : []),
  ]
}
