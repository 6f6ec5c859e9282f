import type { Command } from 'commander'
import { registerBackfill } from './backfill.ts'
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

export function registerAll(program: Command): void {
  registerInit(program)
  registerValidate(program)
  registerPlan(program)
  registerRun(program)
  registerReplay(program)
  registerShow(program)
  registerExplain(program)
  registerProfile(program)
  registerQuery(program)
  registerRejects(program)
  registerDeliveries(program)
  registerResend(program)
  registerReport(program)
  registerForget(program)
  registerStatus(program)
  registerDiff(program)
  registerRollback(program)
  registerBackfill(program)
  registerServe(program)
  registerInbox(program)
  registerGc(program)
  registerPlugins(program)
  registerSchema(program)
}
