/** A model fitted by maximum likelihood. */
export interface Fitted<Parameters> {
  readonly parameters: Parameters
  readonly logLikelihood: number
  /** Customers that the likelihood is of. */
  readonly customers: number
  /** False where the search stopped before the likelihood was flat: the parameters are not to be trusted. */
  readonly converged: boolean
  readonly iterations: number
  /** Shapes that lie on a bound: the data tell of no difference there, and the likelihood would rise beyond it. */
  readonly onBound: readonly string[]
}
