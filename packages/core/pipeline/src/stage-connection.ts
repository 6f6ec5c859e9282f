import { type Diagnostic, diagnostic, didYouMean } from '@sillage/base'
import { type ConnectionRef, isTaken } from '@sillage/sdk'
import type { ReadConnection } from './connections.ts'
import type { KnownPlugin } from './pipeline.ts'
import type { Locator } from './yaml-source.ts'

interface StageConnectionFacts {
  /** Of the stage. */
  readonly name: string
  /** What the stage says behind `connection:`. */
  readonly asked: string | undefined
  readonly plugin: KnownPlugin
  readonly connections: ReadonlyMap<string, ReadConnection>
  readonly locate: Locator
}

/** The connection of a stage, held to what its plugin takes. */
export function stageConnection({ name, asked, plugin, connections, locate }: StageConnectionFacts): {
  readonly connection: ConnectionRef | undefined
  readonly diagnostics: readonly Diagnostic[]
} {
  const problem = (
    at: 'stage' | 'value' | 'key',
    facts: Pick<Diagnostic, 'code' | 'message'> & { readonly hint: string },
  ) => {
    const path = ['stages', name, ...(at === 'stage' ? [] : ['connection'])]
    const span = at === 'value' ? locate.value(path) : locate.key(path)
    return { connection: undefined, diagnostics: [diagnostic({ ...facts, span })] }
  }
  const { connection: need } = plugin
  if (asked === undefined) {
    if (!need?.required) return { connection: undefined, diagnostics: [] }
    const [first] = need.types
    return problem('stage', {
      code: 'connection_missing',
      message: `"${name}" needs a connection: ${plugin.name} takes ${need.types.join(' or ')}`,
      hint: `connection: <name>; in sillage.yaml, connections: { <name>: { type: ${first}, … } }`,
    })
  }
  if (need === undefined)
    return problem('key', {
      code: 'connection_unwanted',
      message: `${plugin.name} takes no connection`,
      hint: 'take it out',
    })
  const found = connections.get(asked)
  if (found === undefined)
    return problem('value', {
      code: 'connection_unknown',
      message: `There is no connection "${asked}"`,
      hint:
        didYouMean(asked, connections.keys()) ??
        `declare it in sillage.yaml: connections: { ${asked}: { type: ${need.types[0]}, … } }`,
    })
  if (found.type !== undefined && !isTaken(need, found.type))
    return problem('value', {
      code: 'connection_type_wrong',
      message: `${plugin.name} takes ${need.types.join(' or ')}; "${asked}" is of type ${found.type.name}`,
      hint: `name a connection of type ${need.types.join(' or ')}`,
    })
  return { connection: found.ref, diagnostics: [] }
}
