import type { Command } from 'commander'
import { registerBackfill } from './backfill.ts'
import { registerConnections } from './connections.ts'
import { registerDeliveries } from './deliveries.ts'
import { registerDiff } from './diff.ts'
import { registerExplain } from './explain.ts'
import { registerForget } from './forget.ts'
import { registerGc } from './gc.ts'
import { registerInbox } from './inbox.ts'
import { registerInit } from './init.ts'
import { registerPlan } from './plan.ts'
import { registerPlugins } from './plugins.ts'
import { registerProfile } from './profile.ts'
import { registerQuery } from './query.ts'
import { registerRejects } from './rejects.ts'
import { registerReplay } from './replay.ts'
import { registerReport } from './report.ts'
import { registerResend } from './resend.ts'
import { registerRollback } from './rollback.ts'
import { registerRun } from './run.ts'
import { registerSchema } from './schema.ts'
import { registerServe } from './serve.ts'
import { registerShow } from './show.ts'
import { registerStatus } from './status.ts'
import { registerValidate } from './validate.ts'

/** In the order in which help lists them. */
const commands: Readonly<Record<string, (program: Command) => void>> = {
  init: registerInit,
  validate: registerValidate,
  plan: registerPlan,
  run: registerRun,
  replay: registerReplay,
  show: registerShow,
  explain: registerExplain,
  profile: registerProfile,
  query: registerQuery,
  rejects: registerRejects,
  deliveries: registerDeliveries,
  resend: registerResend,
  report: registerReport,
  forget: registerForget,
  status: registerStatus,
  diff: registerDiff,
  rollback: registerRollback,
  backfill: registerBackfill,
  serve: registerServe,
  inbox: registerInbox,
  gc: registerGc,
  plugins: registerPlugins,
  connections: registerConnections,
  schema: registerSchema,
}

/** Registers the command that is asked for, or all where it is none of them: help, options alone, a slip. */
export function registerCommands(program: Command, asked: string | undefined): void {
  const one = asked !== undefined && Object.hasOwn(commands, asked) ? commands[asked] : undefined
  for (const register of one ? [one] : Object.values(commands)) register(program)
}
