import { dirname } from 'node:path'
import { openPipeline, openWorkspace, pipelinesOf } from './workspace.ts'

/** A pipeline as its files on disk go by: enough for what was published, also where its text has errors now. */
export interface NamedPipeline {
  /** Absolute folder. */
  readonly project: string
  readonly name: string
}

export async function namedPipeline(argument: string | undefined): Promise<NamedPipeline> {
  const { pipeline, project, file } = await openPipeline(argument, {})
  const known = pipeline?.name ?? (await pipelinesOf(project)).find((one) => one.file === file)?.name
  return { project: project.folder, name: known ?? dirname(file) }
}

/** All pipelines of the project around the current folder. */
export async function namedPipelines(): Promise<readonly NamedPipeline[]> {
  const { project } = await openWorkspace(process.cwd())
  return (await pipelinesOf(project)).map(({ name }) => ({ project: project.folder, name }))
}
