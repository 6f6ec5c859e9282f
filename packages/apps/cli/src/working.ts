import { SillageError } from '@sillage/base'
import { type Kept, type KeptRelation, runPaths } from '@sillage/ledger'
import { loadEngine } from './engine.ts'
import type { OpenedPipeline } from './workspace.ts'

/** Opens what runs of a pipeline left, to read from it. Throws `not_run_yet`, or `busy` while a run goes on. */
export async function withWorking<T>(
  { pipeline, file }: OpenedPipeline,
  work: (kept: Kept) => Promise<T>,
): Promise<T> {
  if (!pipeline)
    throw new SillageError({
      code: 'invalid',
      message: 'The pipeline has errors',
      hint: `sillage validate ${file}`,
    })
  const paths = runPaths({ places: pipeline.places, pipeline: pipeline.name })
  await using kept = await (await loadEngine()).openKept({ paths, readOnly: true })
  if (!kept)
    throw new SillageError({
      code: 'not_run_yet',
      message: `${pipeline.name} did not run yet`,
      hint: 'sillage run',
    })
  return await work(kept)
}

/** The relation of a stage, of a further output (`people.merged`) or of refused rows (`reject.lines`), by name. */
export async function findRelation(kept: Pick<Kept, 'relations'>, name: string): Promise<KeptRelation> {
  const { didYouMean } = await import('@sillage/base')
  const found = await kept.relations()
  const rejected = /^reject\.(.+)$/.exec(name)?.[1]
  const match =
    rejected === undefined
      ? found.find((one) => one.name === name && one.schema !== 'reject')
      : found.find((one) => one.schema === 'reject' && one.name === rejected)
  if (match) return match
  const names = found.map((one) => (one.schema === 'reject' ? `reject.${one.name}` : one.name))
  throw new SillageError({
    code: 'stage_unknown',
    message: `There is no relation "${name}" in the working database`,
    hint: didYouMean(name, names),
  })
}
