import { exitCode, messageOf, SillageError } from '@sillage/base'

/** A statement that DuckDB refused or could not finish. Quoted values are left out: they may be a person's. */
export function statementFailed({
  statement,
  cause,
}: {
  readonly statement: string
  readonly cause: unknown
}): SillageError {
  const text = messageOf(cause)
  const first = withoutValues(text.split('\n').slice(0, 2).join(' ').trim())
  if (/INTERRUPT/i.test(text))
    return new SillageError({
      code: 'interrupted',
      message: 'The statement was interrupted',
      exit: exitCode.interrupted,
      cause,
    })
  if (/out of memory/i.test(text))
    return new SillageError({
      code: 'out_of_memory',
      message: first,
      hint: 'give more with --memory, or fewer --threads',
      cause,
    })
  if (/No space left|ENOSPC|disk full/i.test(text))
    return new SillageError({
      code: 'disk_full',
      message: 'The disk is full',
      hint: 'make room, then run again: finished steps are kept',
      cause,
    })
  return new SillageError({
    code: 'statement_failed',
    message: first,
    facts: { statement: statement.length > 4000 ? `${statement.slice(0, 4000)}…` : statement },
    cause,
  })
}

/** Replaces what stands in single quotes: DuckDB's messages quote values there. */
export function withoutValues(message: string): string {
  if (/^(Conversion|Invalid Input|Out of Range) Error/i.test(message)) {
    return message.replaceAll(/'(?:[^']|'')*'/g, "'…'").replaceAll(/"(?:[^"]|"")*"/g, '"…"')
  }
  return message.replaceAll(/'(?:[^']|'')*'/g, "'…'").replaceAll(/"[^"\n]{0,200}"(?= to )/g, '"…"')
}

export function databaseBusy({
  path,
  holder,
  cause,
}: {
  readonly path: string
  readonly holder: string
  readonly cause?: unknown
}): SillageError {
  return new SillageError({
    code: 'busy',
    message: `Another process works on this pipeline: ${holder}`,
    hint: 'wait for it, or stop it; `sillage status` shows how far it is',
    exit: exitCode.busy,
    retryable: true,
    facts: { database: path },
    cause,
  })
}

export function databaseDamaged({
  path,
  cause,
}: {
  readonly path: string
  readonly cause: unknown
}): SillageError {
  return new SillageError({
    code: 'working_database_unreadable',
    message: `The working database cannot be opened: ${withoutValues(messageOf(cause).split('\n')[0]!)}`,
    hint: `it is a cache: remove ${path} and run again`,
    facts: { database: path },
    cause,
  })
}
