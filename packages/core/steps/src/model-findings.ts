import { isSillageError, type SillageError } from '@sillage/base'
import type { CheckRecord, ModelRecord } from '@sillage/ledger'
import type { ModelStep } from '@sillage/plan'
import { dataUnfit, type ModelFinding, type ModelJson } from '@sillage/sdk'

/**
 * Waits for a fit. Where the data do not carry the model, or it finds its own fit doubtful, `on_unfit` decides: `fail` throws `data_unfit`, else a
 * model stands for it that says why there is none.
 */
export async function heldToFit(
  fit: Promise<ModelJson>,
  { makes, config, plugin }: Pick<ModelStep, 'makes' | 'config' | 'plugin'>,
): Promise<ModelJson> {
  const mayNot = config.on_unfit === 'fail'
  try {
    const model = await fit
    const doubt = findingsOf(model).find(({ holds }) => !holds)
    if (mayNot && doubt) throw dataUnfit({ ...doubt, message: `plugin ${plugin}: ${doubt.message}` })
    return model
  } catch (error) {
    if (mayNot || !isSillageError(error) || error.code !== 'data_unfit') throw error
    return {
      unfit: true,
      findings: [
        unfit(
          error,
          makes.map(({ name }) => name),
        ),
      ],
    }
  }
}

/** What a model finds of its own fit, as it was kept. */
export function findingsOf({ findings = [] }: ModelJson): readonly ModelFinding[] {
  return findings
}

/** The findings of the model of a stage as checks; they warn, since what cannot be said is null already. */
export function checksOfModel(stage: string, models: readonly ModelRecord[]): readonly CheckRecord[] {
  const kept = models.find((one) => one.stage === stage)
  if (!kept) return []
  return findingsOf(JSON.parse(kept.model) as ModelJson).map(({ check, holds, found }) => ({
    stage,
    check,
    status: holds ? 'pass' : 'warn',
    severity: 'warn',
    found,
  }))
}

/** The plugin's own words, without those of the worker around them. */
function unfit(error: SillageError, nulls: readonly string[]): ModelFinding {
  const { cause, message, hint } = error
  return {
    code: 'model_unfit',
    check: 'the data carry the model',
    holds: false,
    found: 0,
    message: `the columns of the model are null: ${cause instanceof Error ? cause.message : message}`,
    hint: hint ?? 'give the step more data, or remove it',
    nulls,
  }
}
