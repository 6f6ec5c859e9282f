import { ownCode, SillageError, withoutSecrets, withSecrets } from '@sillage/base'
import { configsOf, isRead, type SinkStep, type Step } from '@sillage/plan'
import type { SinkPlugin } from '@sillage/sdk'
import { reasonNotSent } from './deliver.ts'
import type { RunOptions } from './options.ts'

/**
 * A secret that is missing, or that is none of the kind that a sink wants, is told before anything runs: not after the marts are published, nor
 * after other sinks have sent. Throws `secret_missing`, and the first problem that the `check` of a sink finds once its secrets are in place.
 */
export async function assertSecrets(steps: readonly Step[], options: RunOptions): Promise<void> {
  const columns = new Map(steps.map((step) => [step.stage, step.columns]))
  for (const step of steps) {
    const sends = step.style === 'sink' && reasonNotSent(step, options) === undefined
    if (!isRead(step) && step.style !== 'batch' && !sends) continue
    const config = withSecrets(step.config, options.secret)
    withSecrets(step.connection?.config, options.secret)
    if (sends && JSON.stringify(configsOf(step)).includes('${secret:'))
      await assertFits(step, { config, columns, options })
  }
}

async function assertFits(
  step: SinkStep,
  {
    config,
    columns,
    options,
  }: {
    readonly config: unknown
    readonly columns: ReadonlyMap<string, Step['columns']>
    readonly options: RunOptions
  },
): Promise<void> {
  const { default: plugin } = (await import(step.module)) as { readonly default: SinkPlugin }
  const inputs = Object.fromEntries(
    Object.entries(step.inputs).map(([role, names]) => [
      role,
      names.flatMap((name) => columns.get(name) ?? []),
    ]),
  )
  const facts = {
    config,
    connection: step.connection,
    columns: Object.values(inputs)[0] ?? [],
    inputs,
    asOf: options.plan.asOf ?? '',
  }
  const problem = plugin.check?.(facts).find(({ severity }) => severity !== 'warning')
  if (problem === undefined) return
  const safe = withoutSecrets(configsOf(step), options.secret)
  throw new SillageError({
    code: ownCode(problem.code),
    message: `"${step.stage}", ${problem.path.join('.')}: ${safe(problem.message)}`,
    hint: problem.hint === undefined ? undefined : safe(problem.hint),
  })
}
