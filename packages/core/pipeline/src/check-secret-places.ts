import { type Diagnostic, diagnostic } from '@sillage/base'
import type { Locator, YamlPath } from './yaml-source.ts'

/** Secrets outside of `with` and of connections are read by nobody: they are refused, wherever they stand in a pipeline. */
export function checkSecretPlaces(pipeline: unknown, locate: Locator): readonly Diagnostic[] {
  const found: Diagnostic[] = []
  const walk = (value: unknown, path: YamlPath): void => {
    if (path[0] === 'connections' || (path[0] === 'stages' && path[2] === 'with')) return
    if (typeof value === 'string' && value.includes('${secret:'))
      found.push(
        diagnostic({
          code: 'secret_not_read',
          message: 'No secret is read here',
          span: locate.value(path),
          hint: 'secrets are read in connections, and in `with` of a stage by plugins that send messages, read from elsewhere or work on batches',
        }),
      )
    if (value === null || typeof value !== 'object') return
    const isList = Array.isArray(value)
    for (const [key, inner] of Object.entries(value)) walk(inner, [...path, isList ? Number(key) : key])
  }
  walk(pipeline, [])
  return found
}
