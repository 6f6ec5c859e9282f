export { type BgNbd, bgNbdLogLikelihood, fitBgNbd } from './bg-nbd.ts'
export { bgNbdAlive, bgNbdExpected, type Customer } from './bg-nbd-forecast.ts'
export { correlation } from './correlation.ts'
export { digamma } from './digamma.ts'
export type { Fitted } from './fitted.ts'
export {
  fitGammaGamma,
  type GammaGamma,
  gammaGammaExpected,
  gammaGammaLogLikelihood,
  type Spending,
} from './gamma-gamma.ts'
export { withGradient } from './gradient.ts'
export {
  logHypergeometric,
  logHypergeometricOfOne,
  type SignedLog,
  signedLogHypergeometric,
} from './hypergeometric.ts'
export { type DiscountedValue, daysPerMonth, discountedLifetimeValue } from './lifetime-value.ts'
export { logBeta, logGamma } from './log-gamma.ts'
export { logAdd, logSubtract } from './log-sum.ts'
export { type Evaluation, type MinimiseOptions, type Minimum, minimise } from './minimise.ts'
export {
  fitParetoNbd,
  type ParetoNbd,
  paretoNbdAlive,
  paretoNbdExpected,
  paretoNbdLogLikelihood,
} from './pareto-nbd.ts'
export {
  customersIn,
  type HistoryColumns,
  type PurchaseHistory,
  purchaseHistory,
  repeatPurchasesIn,
} from './purchase-history.ts'
export { createRandom, type Random } from './random.ts'
export { logRising, type WithSlope } from './rising.ts'
export { fitSharedSpending, type SharedFit, type SharedSpending } from './shared-spending.ts'
