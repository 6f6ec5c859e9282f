import { existsSync, realpathSync } from 'node:fs'
import { basename, dirname, join, relative, sep } from 'node:path'
import { type Diagnostic, diagnostic } from '@sillage/base'
import type { Locator, Pipeline } from '@sillage/pipeline'
import type { SinkStep } from './styles/sink-step.ts'
import type { Step } from './styles/styles.ts'

interface Facts {
  readonly pipeline: Pipeline
  readonly locate: Locator
}

/**
 * A file that two stages write holds what the second one wrote; one that a stage reads is lost to the next run; one that the project lives
 * by is no place for rows, by whatever spelling or link it is reached. Two environments that send would each undo what the other told.
 */
export function checkDestinations(steps: readonly Step[], facts: Facts): readonly Diagnostic[] {
  const sinks = steps.filter((step) => step.style === 'sink')
  return [...checkFiles(steps, sinks, facts), ...checkEnvironments(sinks, facts)]
}

function checkFiles(
  steps: readonly Step[],
  sinks: readonly SinkStep[],
  { pipeline, locate }: Facts,
): readonly Diagnostic[] {
  const users = new Map(
    steps.flatMap((step) =>
      step.style === 'source' ? step.files.map((file) => [realPathOf(file), step.stage]) : [],
    ),
  )
  const diagnostics: Diagnostic[] = []
  for (const step of sinks) {
    const span = locate.key(['stages', step.stage])
    for (const { path } of step.files) {
      const real = realPathOf(path)
      const user = users.get(real)
      const part = partOfProject(real, pipeline)
      if (user !== undefined)
        diagnostics.push(
          diagnostic({
            code: 'destination_taken',
            message: `"${step.stage}" writes the file that "${user}" uses: one would overwrite the other`,
            span,
            hint: 'give it its own path',
          }),
        )
      else if (part !== undefined)
        diagnostics.push(
          diagnostic({
            code: 'destination_of_project',
            message: `"${step.stage}" would write over ${part}`,
            span,
            hint: 'deliver to a separate folder, such as out/',
          }),
        )
      users.set(real, step.stage)
    }
  }
  return diagnostics
}

/** The path without links in the part of it that exists; the last name stays as it is, since a file takes its name by a rename. */
export function realPathOf(path: string): string {
  const folder = dirname(path)
  if (folder === path) return path
  const real = existsSync(folder) ? realpathSync(folder) : realPathOf(folder)
  return join(real, basename(path))
}

/** Files by which a project is known, whatever folder they stand in. */
const ownNames = /^(sillage\.ya?ml|package(-lock)?\.json|pipeline\.ya?ml|dataset\.ya?ml|\.env(\..*)?)$/i
/** Files of code and of configuration: rows are never kept in one. */
const ownEndings = /\.(ya?ml|ts|mts|cts|js|mjs|cjs|md|key|duckdb|wal|sh)$/i

/** What of the project stands at a path; undefined where rows may be written there. */
export function partOfProject(
  real: string,
  { project, places, file }: Pick<Pipeline, 'project' | 'places' | 'file'>,
): string | undefined {
  const root = realPathOf(join(project, '.'))
  const name = basename(real)
  const shown = relative(root, real)
  if (real === realPathOf(file)) return 'its own pipeline file'
  const folders: readonly (readonly [string, string])[] = [
    [places.work, 'the working files'],
    [join(project, '.sillage'), 'the working files'],
    [places.state, 'the state'],
    [places.suppressions, 'the state'],
    [join(project, 'state'), 'the state'],
    [places.marts, 'the marts'],
    [join(project, 'marts'), 'the marts'],
    [places.secrets, 'the secrets'],
    [join(project, 'secrets'), 'the secrets'],
    [join(project, 'node_modules'), 'the installed packages'],
    [join(project, '.git'), 'the repository'],
  ]
  for (const [folder, what] of folders) {
    const own = realPathOf(join(folder, '.'))
    if (real === own || real.startsWith(own + sep)) return `${what} (${shown})`
  }
  if (!real.startsWith(root + sep)) return undefined
  if (ownNames.test(name) || (ownEndings.test(name) && existsSync(real)))
    return `a file of the project (${shown})`
  return undefined
}

function checkEnvironments(sinks: readonly SinkStep[], { pipeline, locate }: Facts): readonly Diagnostic[] {
  const [first, second] = pipeline.sending
  if (first === undefined || second === undefined) return []
  return sinks.flatMap(({ stage, delivery }) =>
    delivery.shared || delivery.destination.includes('${secret:')
      ? []
      : [
          diagnostic({
            code: 'environments_deliver_alike',
            message: `The environments "${first}" and "${second}" both send, and "${stage}" delivers to one place in both: each would undo what the other told`,
            span: locate.key(['stages', stage]),
            hint: `let the place differ by \${env:…} or \${secret:…}, or say shared: true in the stage`,
          }),
        ],
  )
}
