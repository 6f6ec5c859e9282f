import type { Project, Section, Shape } from '@sillage/pipeline'

/** Whom to tell that a run failed. Neither is given a value of a customer. */
export interface OnFailure {
  /** Where a JSON message is posted; `${secret:x}` is replaced. */
  readonly webhook?: string
  /** A line for the shell, with `SILLAGE_PIPELINE`, `SILLAGE_RUN` and others set. */
  readonly command?: string
}

const text = (description: string): Shape => ({ type: 'string', minLength: 1, description })

const onFailure = {
  key: 'on_failure',
  project: {
    shape: {
      type: 'object',
      properties: {
        webhook: text('Where a JSON message is posted; ${secret:x} is replaced.'),
        command: text('A line for the shell.'),
      },
      required: [],
      additionalProperties: false,
      minProperties: 1,
    },
    inEnvironments: true,
  },
} satisfies Section

/** The key of `sillage.yaml` that names whom to tell. */
export const alarmSections: readonly Section[] = [onFailure]

/** Whom a project tells; undefined where nobody. */
export function onFailureOf({ sections }: Project): OnFailure | undefined {
  return sections[onFailure.key] as OnFailure | undefined
}
