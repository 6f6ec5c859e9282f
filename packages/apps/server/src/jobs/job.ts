import type { SillageError } from '@sillage/base'
import type { CatchUp } from '@sillage/journal'
import type { ServedPipeline } from '../host.ts'

/** What a run is asked with. */
export interface RunRequest {
  readonly params?: Readonly<Record<string, string | number | boolean>>
  readonly select?: readonly string[]
  /** An ISO date, `today` or `yesterday`: wins over what the pipeline says. */
  readonly as_of?: string
  readonly full_refresh?: boolean
  readonly dry_run?: boolean
  /** Times of the schedule that were missed, and which the run makes up for. */
  readonly catch_up?: CatchUp
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
  const { params = {}, select = [], as_of, full_refresh, dry_run, catch_up } = request
  return [
    'run',
    file,
    ...Object.entries(params).map(([key, value]) => `--param=${key}=${value}`),
    ...select.map((one) => `--select=${one}`),
    ...(as_of === undefined ? [] : [`--as-of=${as_of}`]),
    ...(catch_up === undefined ? [] : [`--catch-up=${catch_up.times},${catch_up.last}`]),
    ...(full_refresh ? ['--full-refresh'] : []),
    ...(dry_run ? ['--dry-run'] : []),
  ]
}
