import { type Diagnostic, diagnostic, parseDuration } from '@sillage/base'
import type { Locator, Project, Section } from '@sillage/pipeline'

const freshness = {
  key: 'freshness',
  pipeline: {
    shape: {
      type: 'string',
      minLength: 1,
      description: 'How old the last success may be, such as 26h: `sillage status --check` exits 1 past it.',
    },
    pattern: '^\\s*(?:[0-9]+(?:\\.[0-9]+)?(?:ms|s|m|h|d))+\\s*$',
    checksAnyText: true,
    check: (text, { locate }) => checkDuration(text, locate),
  },
  project: {
    shape: { type: 'string', description: 'How old the last success may be, such as 26h.' },
    check: (text, { locate }) => checkDuration(text, locate),
  },
} satisfies Section

/** The key of pipeline files and of `sillage.yaml` that `status --check` reads. */
export const freshnessSections: readonly Section[] = [freshness]

/** How old the last success of a pipeline may be, such as `26h`, unless the pipeline says. */
export function freshnessOf({ sections }: Project): string | undefined {
  return sections[freshness.key] as string | undefined
}

function checkDuration(text: unknown, locate: Locator): readonly Diagnostic[] {
  if (parseDuration(String(text)) !== undefined) return []
  return [
    diagnostic({
      code: 'duration_invalid',
      message: `"freshness" cannot be ${JSON.stringify(text)}`,
      span: locate.value([freshness.key]),
      hint: 'write it as 26h, 90m or 7d',
    }),
  ]
}
