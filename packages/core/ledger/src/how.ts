/** How a step is to be made: one value, from the plan and what runs left, before any step is made. */
export type How =
  /** Its rows are there. */
  | { readonly kind: 'reuse' }
  | { readonly kind: 'whole' }
  /** The rows that come of what is new below it are added. */
  | { readonly kind: 'append'; readonly since: readonly Watermark[] }
  /** The groups of the keys that new rows have are made again, from all rows of these keys in the stages `keyed`. */
  | { readonly kind: 'regroup'; readonly since: readonly Watermark[]; readonly keyed: readonly string[] }
  /** The rows that it refused, and no others, go through its rules again. */
  | { readonly kind: 'replay' }

/** From where on the rows of a stage below a step are new to it. */
export type Watermark = { readonly stage: string } & (
  | /** Behind the rows that a stored stage had with this fingerprint. */
  { readonly at: 'range'; readonly fingerprint: string }
  /** What the last scan did not see. */
  | { readonly at: 'scan' }
  /** Nothing is new. */
  | { readonly at: 'end' }
)

/** The ways of making a step's rows. */
export type Making = Exclude<How, { readonly kind: 'reuse' }>
