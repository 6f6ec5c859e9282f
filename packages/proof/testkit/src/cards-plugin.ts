import type { KnownPlugin } from '@sillage/pipeline'
import plugin from './cards.ts'

/** The source of tests that reads by itself, as a registry knows it. */
export const cardsPlugin: KnownPlugin = {
  name: plugin.name,
  style: plugin.style,
  summary: plugin.summary,
  config: plugin.config,
  inputs: {},
  outputs: {},
  module: './cards.js',
  hash: 'cards',
  url: new URL('../dist/cards.js', import.meta.url).href,
  proven: true,
}
