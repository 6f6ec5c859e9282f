import { type Diagnostic, diagnostic } from '@sillage/base'
import type { Expectation } from './pipeline.ts'
import { expectationShapes } from './pipeline-schema.ts'
import type { Locator, YamlPath } from './yaml-source.ts'

type Entry = Readonly<Record<string, unknown>>

/** Turns `expect` entries (one-key maps, plus name, severity, where) into checks. */
export function readExpectations(
  entries: readonly Entry[],
  path: YamlPath,
  locate: Locator,
): { readonly expect: readonly Expectation[]; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = []
  const expect = entries.flatMap((entry, index) => {
    const kinds = Object.keys(entry).filter((key) => Object.hasOwn(expectationShapes, key))
    if (kinds.length !== 1) {
      diagnostics.push(
        diagnostic({
          code: 'expect_invalid',
          message:
            kinds.length === 0
              ? 'This check says nothing to check'
              : `This check names ${kinds.length} things: ${kinds.join(', ')}`,
          span: locate.value([...path, index]),
          hint: `one of ${Object.keys(expectationShapes).join(', ')} for each entry`,
        }),
      )
      return []
    }
    return [toExpectation(kinds[0] as keyof typeof expectationShapes, entry)]
  })
  return { expect, diagnostics }
}

function toExpectation(kind: keyof typeof expectationShapes, entry: Entry): Expectation {
  const notes = {
    severity: entry.severity ?? 'error',
    ...(entry.name === undefined ? {} : { name: entry.name }),
    ...(entry.where === undefined ? {} : { where: entry.where }),
  }
  const body = entry[kind]
  const facts =
    kind === 'not_null' || kind === 'unique'
      ? { columns: body }
      : kind === 'sql'
        ? { expression: body }
        : (body as object)
  return { kind, ...notes, ...facts } as Expectation
}
