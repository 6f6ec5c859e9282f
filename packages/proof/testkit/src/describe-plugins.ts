import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { duckdbEngine } from '@sillage/duckdb/engine'
import { type ConnectionTypes, connectionTypes, type KnownPlugin, makeRegistry } from '@sillage/pipeline'
import type { Plugin } from '@sillage/sdk'
import type { Engine } from '@sillage/steps'
import { describe, expect, it } from 'vitest'
import { byText, runExample } from './run-example.ts'

/**
 * The conformance suite of every plugin of a package: it is named for its file, has examples, and each example gives through the
 * real engine what it says. Call it from one test file: `await describePlugins(import.meta.url)`.
 */
export async function describePlugins(testFile: string): Promise<void> {
  const manifest = join(dirname(fileURLToPath(testFile)), '..', 'dist', 'manifest.json')
  const types = connectionTypes([manifest])
  for (const entry of makeRegistry([manifest]).values()) {
    const { default: plugin } = (await import(entry.url)) as { default: Plugin }
    describe(plugin.name, () => {
      it('has a summary of one sentence and at least one example', () => {
        expect(plugin.summary).toMatch(/^[A-Z].*\.$/)
        expect(plugin.examples.length).toBeGreaterThan(0)
      })
      itGivesItsExamples(entry, plugin, { engine: duckdbEngine, types })
    })
  }
}

/** A test an example of a plugin: it gives through an engine what it says. */
export function itGivesItsExamples(
  entry: KnownPlugin,
  { examples }: Pick<Plugin, 'examples'>,
  world: { readonly engine: Engine; readonly types: ConnectionTypes },
): void {
  it.each(examples.map((example) => [example.title, example] as const))('example: %s', async (_, example) => {
    const outcome = await runExample(entry, example, world)
    expect(outcome.ended, outcome.diagnostics.join('\n')).toBe('succeeded')
    if (example.rows)
      expect(byText(outcome.rows.map(withPlainNumbers))).toEqual(
        byText(example.rows.map(withPlainNumbers)).map(near),
      )
    expect(outcome.rejects.map((codes) => [...codes].sort()).sort()).toEqual(
      [...(example.rejects ?? [])].map((codes) => [...codes].sort()).sort(),
    )
    if (example.writes) expect(outcome.writes).toEqual(example.writes)
  })
}

/** Examples may write a decimal as number or text, and a time with a space: the value counts. */
function withPlainNumbers(row: object): object {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)]))
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (value !== null && typeof value === 'object') return withPlainNumbers(value)
  if (typeof value === 'string' && /^\d{4}-\d{2}-\d{2} \d{2}:/.test(value)) return value.replace(' ', 'T')
  if (typeof value === 'string' && /^-?\d+\.\d+$/.test(value)) return Number(value)
  return value
}

/** Doubles agree to eight digits; whole numbers, texts and nulls exactly. */
function near(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(near)
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, near(inner)]))
  if (typeof value !== 'number' || Number.isInteger(value)) return value
  return expect.closeTo(value, 8 - Math.ceil(Math.log10(Math.abs(value))))
}
