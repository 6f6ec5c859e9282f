/** A task of a campaign. */
export interface CampaignTask {
  readonly name: string
  /** Working days that it takes; 0 is a milestone. */
  readonly days: number
  /** Ids of the tasks that must be done before it starts. */
  readonly after?: readonly string[]
  /** ISO date on which it begins whatever happens: the launch. At most one task of a campaign has it. */
  readonly on?: string
}

/** What a team does, in which order, from when on. */
export interface Campaign {
  /** ISO date of the first day. */
  readonly start: string
  /** ISO dates on which nobody works, besides Saturdays and Sundays. */
  readonly holidays?: readonly string[]
  /** Tasks by id. */
  readonly tasks: Readonly<Record<string, CampaignTask>>
}
