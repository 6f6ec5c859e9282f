import type { KnownPlugin } from '@sillage/pipeline'
import plugin from './batches.ts'

/** The batch plugin of tests as a registry knows it. Workers load the built file. */
export const batchesPlugin: KnownPlugin = {
  name: plugin.name,
  style: plugin.style,
  summary: plugin.summary,
  config: plugin.config,
  inputs: plugin.inputs!,
  openInputs: plugin.openInputs!,
  outputs: plugin.outputs!,
  module: './batches.js',
  hash: 'batches',
  url: new URL('../dist/batches.js', import.meta.url).href,
  proven: true,
}
