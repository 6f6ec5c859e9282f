/** A sum of money as a person writes it: a number, or a text such as "12.50", with at most two decimals. */
export type Amount = number | string

export interface BudgetLine {
  readonly name: string
  readonly amount: Amount
  /** What the amount is made of. */
  readonly detail?: readonly { readonly quantity: number; readonly price: Amount }[]
}

/** A sum that somebody states, of some of the lines. */
export interface StatedSum {
  readonly name: string
  readonly amount: Amount
  /** Ids of the lines that it sums up. */
  readonly of: readonly string[]
}

/** A budget as it was handed in: nothing of it has to add up. */
export interface Budget {
  /** ISO 4217. */
  readonly currency?: string
  readonly envelope?: Amount
  /** Lines by id. */
  readonly lines: Readonly<Record<string, BudgetLine>>
  readonly stated?: readonly StatedSum[]
  /** Shares in percent, such as of fidelity and development; they add up to 100. */
  readonly split?: Readonly<Record<string, number>>
}
