/** Exit codes of the command line (docs/architecture.md, law 9). */
export const exitCode = {
  ok: 0,
  failed: 1,
  usage: 2,
  changes: 3,
  tooManyRejects: 4,
  internal: 70,
  busy: 75,
  invalid: 78,
  interrupted: 130,
} as const

export type ExitCode = (typeof exitCode)[keyof typeof exitCode]
