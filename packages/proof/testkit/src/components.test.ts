import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import plugin from './components.ts'
import { componentsPlugin } from './components-plugin.ts'
import { byText, runExample } from './run-example.ts'

type Edge = readonly [string | null, string | null]

describe('connected components', () => {
  it.each(plugin.examples.map((example) => [example.title, example] as const))(
    'example: %s',
    async (_, example) => {
      const { ended, rows, diagnostics } = await runExample(componentsPlugin, example)
      expect(ended, diagnostics.join('\n')).toBe('succeeded')
      expect(rows).toEqual(byText(example.rows!))
    },
  )

  it.each([63, 2])(
    'are those of a slow and obvious search, joined by %i bits',
    { timeout: 120_000 },
    async (bits) => {
      const text = fc.option(fc.constantFrom(...'abcdefghijklmnop', 'é', '', "it's"), { freq: 12 })
      const graph = fc.array(fc.tuple(text, text), { maxLength: 20 })
      await fc.assert(
        fc.asyncProperty(fc.array(graph, { minLength: 30, maxLength: 30 }), async (graphs) => {
          const edges = graphs.flatMap((one, number) => one.map((edge) => ofGraph(edge, number)))
          const { ended, rows } = await runExample(componentsPlugin, exampleOf(edges, bits))
          expect(ended).toBe('succeeded')
          expect(rows).toEqual(byText(searched(edges)))
        }),
        { numRuns: 4 },
      )
    },
  )
})

/** Graphs whose texts differ are not connected: many are looked at in one run. */
function ofGraph([a, b]: Edge, number: number): Edge {
  const named = (text: string | null): string | null => (text === null ? null : `${text}${number}`)
  return [named(a), named(b)]
}

function exampleOf(edges: readonly Edge[], bits: number) {
  return {
    title: 'random',
    with: { from: 'a', to: 'b', bits },
    inputs: { input: { columns: { a: 'VARCHAR', b: 'VARCHAR' }, rows: edges } },
  }
}

/** From each text to all that can be reached, by looking at every edge again and again. */
function searched(edges: readonly Edge[]): readonly { readonly node: string; readonly component: string }[] {
  const nodes = new Set(edges.flat().filter((text) => text !== null))
  return [...nodes].map((node) => {
    const reached = new Set([node])
    for (let before = 0; before < reached.size; ) {
      before = reached.size
      for (const [a, b] of edges) {
        if (a !== null && b !== null && (reached.has(a) || reached.has(b))) reached.add(a).add(b)
      }
    }
    return { node, component: [...reached].sort(byBytes)[0]! }
  })
}

/** The order of DuckDB. */
function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
