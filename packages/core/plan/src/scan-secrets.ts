import { isSillageError, messageOf, SillageError, withoutSecrets } from '@sillage/base'
import type { PipelineStage } from '@sillage/pipeline'

/** What stands between the secrets of a connection and a plan. */
export interface ScanSecrets {
  /** Throws `secret_in_plan` where a value holds a secret. */
  readonly keepOut: <T>(value: T) => T
  /** What a scan throws, without them. */
  readonly redacted: (error: unknown) => unknown
}

/** While files are looked at a connection is open with its secrets, and what a scan gives is printed, hashed and kept. */
export function scanSecrets(
  { name, connection }: Pick<PipelineStage, 'name' | 'connection'>,
  secret: (name: string) => string,
): ScanSecrets {
  const safe = withoutSecrets(connection?.config ?? null, secret)
  return {
    keepOut: (value) => {
      if (!holds(value, (text) => safe(text) !== text)) return value
      throw new SillageError({
        code: 'secret_in_plan',
        message: `"${name}" would put a secret of its connection "${connection!.name}" into the plan`,
        hint: 'a scan may fetch with a secret into the scratch folder; its statements, its files and what it says of them hold none',
      })
    },
    redacted: (error) => withoutThem(error, safe),
  }
}

/** True where a text somewhere in a value is one; of a statement also as it is without the quotes of literals. */
function holds(value: unknown, is: (text: string) => boolean): boolean {
  if (typeof value === 'string') return is(value) || is(value.replaceAll("''", "'"))
  return value !== null && typeof value === 'object' && Object.values(value).some((one) => holds(one, is))
}

function withoutThem(error: unknown, safe: (text: string) => string): unknown {
  const message = safe(messageOf(error))
  if (!isSillageError(error)) {
    if (!(error instanceof Error) || message === messageOf(error)) return error
    const told = new Error(message)
    if (error.stack !== undefined) told.stack = safe(error.stack)
    return told
  }
  const { code, hint, retryable, facts, exit } = error
  if (message === error.message && safe(hint ?? '') === (hint ?? '')) return error
  return new SillageError({
    code,
    message,
    hint: hint === undefined ? undefined : safe(hint),
    retryable,
    facts,
    exit,
  })
}
