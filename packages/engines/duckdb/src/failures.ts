import { exitCode, messageOf, SillageError, systemFailure } from '@sillage/base'
import { withoutValues } from '@sillage/sql'

/** A statement that DuckDB refused or could not finish. Quoted values are left out: they may be a person's. */
export function statementFailed({
  statement,
  cause,
}: {
  readonly statement: string
  readonly cause: unknown
}): SillageError {
  const first = withoutValues(messageOf(cause))
  const lacking = resourceFailure(cause)
  if (lacking) return lacking
  return new SillageError({
    code: 'statement_failed',
    message: first,
    facts: { statement: statement.length > 4000 ? `${statement.slice(0, 4000)}…` : statement },
    cause,
  })
}

/** A failure that is not the statement's doing: interrupted, no memory, no room, a file that went. Undefined for any other. */
export function resourceFailure(cause: unknown): SillageError | undefined {
  const text = messageOf(cause)
  const first = withoutValues(text)
  if (/INTERRUPT Error/i.test(first))
    return new SillageError({
      code: 'interrupted',
      message: 'The statement was interrupted',
      exit: exitCode.interrupted,
      cause,
    })
  if (/^Out of Memory Error[\s\S]*max_temp_directory_size/i.test(text))
    return new SillageError({
      code: 'spill_full',
      message: 'There is no disk space left to spill what does not fit into memory',
      hint: 'make room on the disk of .sillage, or give more with --memory; finished steps are kept',
      cause,
    })
  if (/Out of Memory Error/i.test(first))
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
      hint: 'free some space, then run again: finished steps are kept',
      cause,
    })
  if (
    /^IO Error: (No files found|Cannot open file).*/i.test(text) &&
    /No such file|No files found/i.test(text)
  )
    return new SillageError({
      code: 'file_not_found',
      message: `A file that is read is there no longer: ${first}`,
      hint: 'put the file back, then run again: finished steps are kept',
      cause,
    })
  if (/Corrupt database|checksum|database has been invalidated/i.test(text))
    return new SillageError({
      code: 'database_damaged',
      message: `A database file is damaged: ${first}`,
      hint: 'a working database is a cache, receipts stay in state/: move .sillage/<pipeline>/work.duckdb away, then run again',
      cause,
    })
  return undefined
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
    hint: 'wait for it, or stop it; `sillage status` shows its progress',
    exit: exitCode.busy,
    retryable: true,
    facts: { database: path },
    cause,
  })
}

/** The folder or the disk takes no writing; DuckDB says so in words, the file system in codes. */
export function isNotWritable(cause: unknown): boolean {
  return /Read-only file system|Permission denied|Not a directory|EROFS|EACCES|ENOTDIR/i.test(
    messageOf(cause),
  )
}

export function databaseDamaged({
  path,
  cause,
}: {
  readonly path: string
  readonly cause: unknown
}): SillageError {
  if (isNotWritable(cause))
    return new SillageError({
      code: 'not_writable',
      message: `${path} cannot be written`,
      hint: 'a run writes to .sillage and marts of its project: allow writing there, or copy the project',
      facts: { database: path },
      cause,
    })
  const lacking = resourceFailure(cause) ?? systemFailure(cause)
  if (lacking) return lacking
  const why = withoutValues(messageOf(cause).split('\n')[0]!)
  if (/[\\/]\.versions[\\/]/.test(path))
    return new SillageError({
      code: 'mart_unreadable',
      message: `The published mart cannot be opened: ${why}`,
      hint: `publish it again; the file stays beside: mv ${path} ${path}.damaged && sillage run`,
      facts: { database: path },
      cause,
    })
  if (/newer version|version number/i.test(messageOf(cause)))
    return new SillageError({
      code: 'working_database_newer',
      message: `The working database was made by another version of DuckDB: ${why}`,
      hint: `update Sillage; or go on without it, receipts stay in state/: mv ${path} ${path}.newer`,
      facts: { database: path },
      cause,
    })
  return new SillageError({
    code: 'working_database_unreadable',
    message: `The working database cannot be opened: ${why}`,
    hint: `it is a cache, receipts stay in state/: mv ${path} ${path}.damaged, then run again`,
    facts: { database: path },
    cause,
  })
}

export function notOneStatement({ count }: { readonly count: number }): SillageError {
  return new SillageError({
    code: 'not_one_statement',
    message: count === 0 ? 'There is no statement' : `These are ${count} statements`,
    hint: 'run one statement at a time, such as "select * from sillage.steps"',
    exit: exitCode.usage,
  })
}

export function notReading({ statement }: { readonly statement: string }): SillageError {
  return new SillageError({
    code: 'not_reading',
    message: `A ${statement} statement is not run here: only reading is`,
    hint: 'write files with activate/file; marts change only by a run',
    exit: exitCode.usage,
  })
}
