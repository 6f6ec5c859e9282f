import { dirname } from 'node:path'
import { declaredConnections, type ReadConnection, readConnection, strongestOf } from './connections.ts'
import type { Pipeline } from './pipeline.ts'
import { isMap, type PipelineText } from './pipeline-text.ts'
import type { ReadFacts } from './read-facts.ts'
import type { Locator } from './yaml-source.ts'

/** The connections that stages may name; of those of the project only the ones that a stage does. */
export async function readConnections(
  text: PipelineText,
  {
    file,
    project,
    env,
    connectionTypes = new Map(),
    params,
    locate,
  }: Pick<ReadFacts, 'file' | 'project' | 'env' | 'connectionTypes'> & {
    readonly params: Pipeline['params']
    readonly locate: Locator
  },
): Promise<ReadonlyMap<string, ReadConnection>> {
  const where = { by: 'pipeline', folder: dirname(file), path: ['connections'], locate } as const
  const own = declaredConnections(text.connections, where)
  const all = strongestOf([...(project.connections ?? []), ...own])
  const named = new Set(
    Object.values(text.stages).map((stage) => (isMap(stage) ? stage.connection : undefined)),
  )
  const read = [...all.values()].map(async (declared): Promise<readonly [string, ReadConnection]> => {
    const isUsed = declared.by === 'pipeline' || named.has(declared.name)
    const unread = { declared, type: undefined, ref: undefined, diagnostics: [] }
    return [
      declared.name,
      isUsed ? await readConnection(declared, { types: connectionTypes, env, params }) : unread,
    ]
  })
  return new Map(await Promise.all(read))
}
