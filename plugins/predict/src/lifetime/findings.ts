import type { ModelFinding } from '@sillage/sdk'
import type { Attempt } from './attempt.ts'
import type { LifetimeConfig } from './config.ts'
import type { Holdout } from './holdout.ts'
import { outputNames } from './output-names.ts'
import type { FittedSpending } from './spending.ts'

interface FindingFacts {
  readonly config: LifetimeConfig
  /** Shapes of the model of buying that lie on a bound. */
  readonly buyingOnBound: readonly string[]
  readonly spending: Attempt<FittedSpending>
  /** Undefined where no days are held out. */
  readonly tried: Attempt<Holdout> | undefined
}

/** What the fits are worth: each finding is a check, and a warning where it does not hold. */
export function lifetimeFindings({
  config,
  buyingOnBound,
  spending,
  tried,
}: FindingFacts): readonly ModelFinding[] {
  return [
    buyingInside(config, buyingOnBound),
    ...aboutSpending(config, spending),
    ...(tried ? [beatsMean(config, tried)] : []),
  ]
}

/** On a bound the figures are those of the limit (nobody leaves, all buy alike): they stand, and it is said what they rest on. */
function buyingInside({ model = 'bg-nbd' }: LifetimeConfig, onBound: readonly string[]): ModelFinding {
  const nobodyLeaves = onBound.includes(model === 'bg-nbd' ? 'a' : 's')
  const why = nobodyLeaves
    ? 'it finds nobody who leaves, so that probability_alive is near 1 for all and says nothing of one customer'
    : 'it finds no difference between customers there'
  return {
    code: 'fit_on_bound',
    check: 'the model of buying lies inside its bounds',
    holds: onBound.length === 0,
    found: onBound.length,
    message: `the fit of ${model} lies on its bounds (${onBound.join(', ')}): ${why}`,
    hint: 'test it with holdout_days before you use it; a longer history, or customers of one kind, may carry it',
  }
}

function aboutSpending(config: LifetimeConfig, spending: Attempt<FittedSpending>): readonly ModelFinding[] {
  const [, , value, lifetime] = outputNames(config) as [string, string, string, string]
  if ('unfit' in spending)
    return [
      {
        code: 'spending_unfit',
        check: 'the amounts carry a model of spending',
        holds: false,
        found: 0,
        message: `${value} and ${lifetime} are null: ${spending.unfit.message}`,
        hint: spending.unfit.hint,
        nulls: [value, lifetime],
      },
    ]
  const { spending: model, onBound } = spending.fit
  return [
    {
      code: 'spending_without_spread',
      check: 'customers differ in what they spend',
      holds: model.name !== 'shared',
      found: model.name === 'shared' ? 0 : 1,
      message: `customers differ in what they spend no more than by chance: ${value} is the mean of all for each of them`,
      hint: 'nothing is wrong with that; do not rank customers by it',
    },
    {
      code: 'spending_on_bound',
      check: 'the model of spending lies inside its bounds',
      holds: onBound.length === 0,
      found: onBound.length,
      message: `the fit of gamma-gamma lies on its bounds (${onBound.join(', ')})`,
      hint: 'look for customers whose amounts never differ, such as subscriptions, and score them apart',
    },
    {
      code: 'spending_without_mean',
      check: 'customers have a common mean',
      holds: model.name === 'shared' || model.q > 1,
      found: model.name === 'shared' ? 0 : model.q,
      message: `the spread between customers is so wide that they have no common mean: ${value} is null for who did not buy again`,
      hint: 'exclude amounts that are not sales, or score very large customers separately',
    },
  ]
}

/** A model that does no better than one mean for all says nothing of one customer: what it would say is null. */
function beatsMean(config: LifetimeConfig, tried: Attempt<Holdout>): ModelFinding {
  const check = 'the model of buying does better than the plain mean on held-out days'
  if ('unfit' in tried)
    return {
      code: 'holdout_unfit',
      check,
      holds: false,
      found: 0,
      message: `the model could not be tried out: ${tried.unfit.message}`,
      hint: tried.unfit.hint,
    }
  const { days, beats_mean, mean_squared_error, mean_squared_error_of_mean } = tried.fit
  const [alive, expected, , lifetime] = outputNames(config) as [string, string, string, string]
  return {
    code: 'not_better_than_mean',
    check,
    holds: beats_mean,
    found:
      mean_squared_error_of_mean === 0
        ? 0
        : Number((1 - mean_squared_error / mean_squared_error_of_mean).toFixed(6)),
    message: `${alive}, ${expected} and ${lifetime} are null: on the last ${days} days, which it was not told, the model does no better than one mean for all customers`,
    hint: 'remove the forecast, or try the other model or a longer history',
    nulls: [alive, expected, lifetime],
  }
}
