import { relative } from 'node:path'
import type { StalePipeline } from '@sillage/upkeep'
import colors from 'picocolors'
import { size } from './terminal/format.ts'
import { openWorkspace, pipelinesOf } from './workspace.ts'

/** Pipelines that ran in the project around the current folder whose names none of its files bears now. */
export async function staleHere(): Promise<readonly StalePipeline[]> {
  const { stalePipelines } = await import('@sillage/upkeep/stale')
  const { project } = await openWorkspace(process.cwd())
  const known = (await pipelinesOf(project)).map(({ name }) => name)
  return stalePipelines(project.places, known)
}

/** What is left of a renamed pipeline, and what to type. */
export function staleText({ pipeline, bytes, mart }: StalePipeline): string {
  const marts = mart === null ? '' : `; its mart ${relative(process.cwd(), mart)} stays until you delete it`
  return `${colors.yellow('!')} "${pipeline}" ran here, and no pipeline of the project is called so now: was it renamed?\n  ${colors.cyan('→')} sillage gc --stale frees its ${size(bytes)} of working data${marts}`
}
