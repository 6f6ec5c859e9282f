import type { PipelineStage } from '@sillage/pipeline'
import type { Plugin } from '@sillage/sdk'
import type { Readers } from './graph.ts'
import { rowsOf } from './styles/common.ts'

/**
 * The stages that are asked where each of their rows stands (`_file`, `_line`): those that a step which may refuse rows reads first, and
 * those before it as far as each step between passes it on.
 */
export function placesAsked(
  readers: ReadonlyMap<string, Readers>,
  plugins: ReadonlyMap<string, Plugin>,
): ReadonlySet<string> {
  const known = new Map<string, boolean>()
  const isAsked = (name: string): boolean => {
    const before = known.get(name)
    if (before !== undefined) return before
    const asked = readers.get(name)!.stages.some((reader) => {
      if (!readsFirst(reader, name)) return false
      const plugin = plugins.get(reader.name)!
      return mayRefuse(plugin, reader.config) || (mayCarry(plugin, reader.config) && isAsked(reader.name))
    })
    known.set(name, asked)
    return asked
  }
  return new Set([...readers.keys()].filter(isAsked))
}

/** Other inputs are looked up: a row stands where the row of the first one does. */
function readsFirst({ inputs }: Pick<PipelineStage, 'inputs'>, name: string): boolean {
  const [first = []] = Object.values(inputs)
  return first.some((ref) => ref.stage === name && ref.output === undefined)
}

function mayRefuse(plugin: Plugin, config: unknown): boolean {
  if ('rejects' in plugin) return (plugin.rejects?.({ config }).length ?? 0) > 0
  if (!('refuses' in plugin)) return false
  return typeof plugin.refuses === 'function' ? plugin.refuses(config) : plugin.refuses === true
}

/** Whether the rows that leave a step can say where they stood; of a batch step the engine itself sees to it. */
export function mayCarry(plugin: Plugin, config: unknown): boolean {
  if (plugin.style === 'batch') return rowsOf(plugin, config) !== 'group'
  return plugin.style === 'sql' && plugin.carries === true
}
