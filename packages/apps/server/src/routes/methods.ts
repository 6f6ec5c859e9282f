import { SillageError } from '@sillage/base'
import type { FastifyInstance } from 'fastify'

interface KnownPath {
  readonly pattern: RegExp
  readonly methods: Set<string>
  /** True of a path that is a place of its own, and no answer to whatever has none. */
  isPlace: boolean
}

/** The methods that each path takes: with a wrong one there is something here, only not by this name. */
export class KnownMethods {
  readonly #paths = new Map<string, KnownPath>()

  /** Notes the routes that are added from now on. */
  watch(app: FastifyInstance): void {
    app.addHook('onRoute', ({ url, method, config }) => {
      const path = this.#paths.get(url) ?? { pattern: patternOf(url), methods: new Set(), isPlace: false }
      this.#paths.set(url, path)
      for (const one of [method].flat()) path.methods.add(one)
      if (config?.catchesRest !== true) path.isPlace = true
    })
  }

  /** What a path takes when asked by a method that it does not take; empty where nothing is at this path. */
  others(method: string, url: string): readonly string[] {
    const path = pathOf(url)
    const found = [...this.#paths.values()].filter(({ pattern }) => pattern.test(path))
    if (!found.some(({ isPlace }) => isPlace)) return []
    const methods = [...new Set(found.flatMap((one) => [...one.methods]))].sort()
    return methods.includes(method) ? [] : methods
  }
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A route for whatever no other takes: of its paths nothing is known. */
    catchesRest?: boolean
  }
}

/** `/runs/:id` as a pattern; `*` stands for any rest. */
function patternOf(url: string): RegExp {
  const parts = url
    .split(/(:\w+|\*)/)
    .map((part) =>
      part === '*' ? '.*' : part.startsWith(':') ? '[^/]+' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'),
    )
  return new RegExp(`^${parts.join('')}$`)
}

function pathOf(url: string): string {
  const path = url.split(/[?#]/, 1)[0]!
  try {
    return decodeURI(path)
  } catch {
    return path
  }
}

export function methodRefused(method: string, allowed: readonly string[]): SillageError {
  return new SillageError({
    code: 'method_refused',
    message: `This address does not take ${method}`,
    hint: `it takes ${allowed.join(' and ')}; /openapi.json lists the methods`,
  })
}
