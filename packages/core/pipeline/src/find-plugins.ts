import { type Diagnostic, diagnostic, didYouMean } from '@sillage/base'
import type { BrokenPlugin, KnownPlugin } from './pipeline.ts'
import type { ReadFacts } from './read-facts.ts'
import type { StageText } from './read-stage.ts'
import type { Locator } from './yaml-source.ts'

/** The plugins of stages, by stage; what is unknown or broken is a diagnostic. */
export function findPlugins(
  stages: readonly (readonly [string, StageText])[],
  { registry, broken, locate }: Pick<ReadFacts, 'registry' | 'broken'> & { readonly locate: Locator },
): { readonly plugins: ReadonlyMap<string, KnownPlugin>; readonly diagnostics: readonly Diagnostic[] } {
  const plugins = new Map<string, KnownPlugin>()
  const diagnostics: Diagnostic[] = []
  for (const [name, { uses }] of stages) {
    const plugin = registry.get(uses)
    if (plugin) plugins.set(name, plugin)
    const span = locate.value(['stages', name, 'uses'])
    const meant = brokenPlugin(uses, plugin, broken)
    if (meant) {
      const { code, message, hint } = meant
      diagnostics.push(diagnostic({ code, message, hint, span }))
    } else if (!plugin)
      diagnostics.push(
        diagnostic({
          code: 'plugin_unknown',
          message: `There is no plugin "${uses}"`,
          span,
          hint: didYouMean(uses, registry.keys()),
        }),
      )
  }
  return { plugins, diagnostics }
}

/** The broken file that a stage means: by its name, or by none where no other plugin has it. */
function brokenPlugin(
  uses: string,
  known: KnownPlugin | undefined,
  broken: readonly BrokenPlugin[] = [],
): BrokenPlugin | undefined {
  const named = broken.find(({ names }) => names.includes(uses))
  return named ?? (known ? undefined : broken.find(({ names }) => names.length === 0))
}
