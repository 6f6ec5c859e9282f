import { existsSync } from 'node:fs'
import { SillageError } from '@sillage/base'
import { Database, type Session } from '@sillage/duckdb'
import { runPaths } from '@sillage/ledger'
import type { OpenedPipeline } from './workspace.ts'

/** Opens the working database of a pipeline to read from it. Throws `not_run_yet`, or `busy` while a run goes on. */
export async function withWorking<T>(
  { pipeline, file }: OpenedPipeline,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  if (!pipeline)
    throw new SillageError({
      code: 'invalid',
      message: 'The pipeline has errors',
      hint: `sillage validate ${file}`,
    })
  const { database: path } = runPaths({ places: pipeline.places, pipeline: pipeline.name })
  if (!existsSync(path))
    throw new SillageError({
      code: 'not_run_yet',
      message: `${pipeline.name} did not run yet`,
      hint: 'sillage run',
    })
  await using database = await Database.open({ path, readOnly: true })
  using session = await database.session()
  return await work(session)
}

/** The relation of a stage, of a further output (`people.merged`) or of refused rows (`reject.lines`), by name. */
export async function findRelation(
  session: Session,
  name: string,
): Promise<{ readonly schema: string; readonly table: string }> {
  const { didYouMean } = await import('@sillage/base')
  const found = await session.rows<{ schema: string; name: string }>(
    `select schema_name as schema, view_name as name from duckdb_views() where not internal`,
  )
  const rejected = /^reject\.(.+)$/.exec(name)?.[1]
  const match =
    rejected === undefined
      ? found.find((one) => one.name === name && one.schema !== 'reject')
      : found.find((one) => one.schema === 'reject' && one.name === rejected)
  if (match) return { schema: match.schema, table: match.name }
  const names = found.map((one) => (one.schema === 'reject' ? `reject.${one.name}` : one.name))
  throw new SillageError({
    code: 'stage_unknown',
    message: `There is no relation "${name}" in the working database`,
    hint: didYouMean(name, names),
  })
}
