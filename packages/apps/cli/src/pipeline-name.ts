import { dirname } from 'node:path'
import type { Places } from '@sillage/plan'
import { openPipeline, pipelinesOf } from './workspace.ts'

/** A pipeline as its files on disk go by: enough for what was published, also where its text has errors now. */
export interface NamedPipeline {
  readonly places: Places
  readonly name: string
}

export async function namedPipeline(argument: string | undefined): Promise<NamedPipeline> {
  const { pipeline, project, file } = await openPipeline(argument, {})
  const known = pipeline?.name ?? (await pipelinesOf(project)).find((one) => one.file === file)?.name
  return { places: project.places, name: known ?? dirname(file) }
}
