import type { KnownPlugin } from '@sillage/pipeline'
import plugin from './components.ts'

/** Connected components as a registry knows them. Workers load the built file. */
export const componentsPlugin: KnownPlugin = {
  name: plugin.name,
  style: plugin.style,
  summary: plugin.summary,
  config: plugin.config,
  inputs: { input: 'the edges' },
  outputs: plugin.outputs!,
  module: './components.js',
  hash: 'components',
  url: new URL('../dist/components.js', import.meta.url).href,
  proven: true,
}
