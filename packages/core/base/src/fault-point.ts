/** Names of the instants at which a run may be killed by `npm run faults`. Each stands before or after something durable. */
export const faultPoints = [
  'step.before_commit',
  'step.after_commit',
  'program.step.before_commit',
  'program.step.after_commit',
  'views.after_commit',
  'publish.before_build',
  'publish.before_checkpoint',
  'publish.after_checkpoint',
  'publish.after_sync',
  'publish.before_link',
  'publish.after_link',
  'publish.after_ledger',
  'link.before_rename',
  'link.after_rename',
  'deliver.before_commit',
  'deliver.after_commit',
  'deliver.after_send',
  'deliver.after_receipt',
  'file.before_rename',
  'file.after_rename',
  'state.before_sync',
  'state.before_rename',
  'state.after_rename',
  'journal.after_sync',
] as const

/** Instants of other commands than a run. */
type OtherFaultPoint = 'inbox.after_remove'

export type FaultPoint = (typeof faultPoints)[number] | OtherFaultPoint

const [wanted, times] = (process.env.SILLAGE_FAULT ?? '').split('@')
let left = Number(times ?? 1)

/** Does nothing, unless `SILLAGE_FAULT` names the point (`name`, or `name@3` for its third visit): then the process dies as by SIGKILL. */
export function faultPoint(name: FaultPoint): void {
  if (name !== wanted) return
  left -= 1
  if (left === 0) process.kill(process.pid, 'SIGKILL')
}
