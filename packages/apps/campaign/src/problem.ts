import type { ErrorCode, Severity } from '@sillage/base'

/** A finding about what a person wrote, at a path inside the campaign, the budget or the order letter. */
export interface CampaignProblem {
  readonly code: ErrorCode
  readonly severity: Severity
  readonly message: string
  readonly hint: string
  readonly path: readonly (string | number)[]
  /** True where the key is meant, not its value. */
  readonly atKey?: boolean
}
