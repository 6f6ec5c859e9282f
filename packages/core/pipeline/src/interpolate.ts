import { type Diagnostic, diagnostic, didYouMean } from '@sillage/base'
import type { Locator, YamlPath } from './yaml-source.ts'

export type ParamValue = string | number | boolean

export interface Scope {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly params: Readonly<Record<string, ParamValue>>
  readonly locate: Locator
}

const reference = /\$\{(\w+):([^}]*)\}|\$\{([^}]*)\}/g

/**
 * Replaces `${env:X}` and `${param:x}` in the values (never the keys) of a plain tree. A text that is one reference takes the
 * type of the parameter. `${secret:x}` stays: it is read when a plugin runs, so it enters neither a plan nor a fingerprint.
 */
export function interpolate(
  tree: unknown,
  scope: Scope,
): { readonly value: unknown; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = []
  const walk = (node: unknown, path: YamlPath): unknown => {
    if (typeof node === 'string') return node.includes('${') ? replaceAll(node, path) : node
    if (Array.isArray(node)) return node.map((item, index) => walk(item, [...path, index]))
    if (node !== null && typeof node === 'object') {
      return Object.fromEntries(Object.entries(node).map(([key, item]) => [key, walk(item, [...path, key])]))
    }
    return node
  }
  const replaceAll = (text: string, path: YamlPath): unknown => {
    const whole = /^\$\{param:([^}]*)\}$/.exec(text)
    if (whole) return lookUp('param', whole[1]!, path) ?? text
    return text.replaceAll(reference, (match, kind?: string, name?: string) => {
      if (kind === 'secret') return match
      const found = lookUp(kind, name ?? '', path)
      return found === undefined ? match : String(found)
    })
  }
  const lookUp = (kind: string | undefined, name: string, path: YamlPath): ParamValue | undefined => {
    const span = scope.locate.value(path)
    if (kind === 'env') {
      const found = Object.hasOwn(scope.env, name) ? scope.env[name] : undefined
      if (found === undefined)
        diagnostics.push(
          diagnostic({
            code: 'env_missing',
            message: `The environment variable ${name} is not set`,
            span,
            hint: `set it, or use \${param:…} with a default`,
          }),
        )
      return found
    }
    if (kind === 'param') {
      const found = Object.hasOwn(scope.params, name) ? scope.params[name] : undefined
      if (found === undefined)
        diagnostics.push(
          diagnostic({
            code: 'param_unknown',
            message: `There is no parameter "${name}" with a value`,
            span,
            hint:
              didYouMean(name, Object.keys(scope.params)) ??
              'declare it under params, or give it with --param',
          }),
        )
      return found
    }
    diagnostics.push(
      diagnostic({
        code: 'interpolation_unknown',
        message: `Only \${env:…}, \${param:…} and \${secret:…} are replaced`,
        span,
        hint: 'name one of the three',
      }),
    )
    return undefined
  }
  return { value: walk(tree, []), diagnostics }
}
