import { exitCode } from '../exit-code.ts'
import type { ErrorEntry } from './error-entry.ts'

/** What DuckDB, its files and the batches to and from it meet. */
export const engineErrors = {
  batch_mismatch: {
    text: 'A batch does not fit the table that it goes to',
    hint: 'give the batch the columns and types that the table has',
    kind: 'error',
    from: 'sql',
  },
  database_damaged: {
    text: 'A database file is damaged',
    hint: 'a working database is a cache, receipts stay in state/: move it away, then run again',
    kind: 'error',
    from: 'duckdb',
  },
  file_is_folder: {
    text: 'The path of a file is a folder',
    hint: 'name the files in it, as <folder>/*.csv',
    kind: 'error',
    from: 'ledger',
  },
  invalid_text: {
    text: 'A column holds bytes that are not UTF-8',
    hint: 'decode the bytes before they become text, or declare the column as BLOB',
    kind: 'error',
    from: 'sql',
  },
  mart_occupied: {
    text: 'A file that Sillage did not make is in the place of the mart',
    hint: 'move it away, then run again',
    kind: 'error',
    from: 'ledger',
  },
  mart_unreadable: {
    text: 'The published mart cannot be opened',
    hint: 'publish it again with `sillage run`',
    kind: 'error',
    from: 'duckdb',
  },
  not_in_enum: {
    text: 'A column has a text that is not a value of its ENUM',
    hint: 'declare the column as VARCHAR, or add the value to the ENUM',
    kind: 'error',
    from: ['clean', 'sql'],
  },
  not_one_statement: {
    text: 'There is no statement, or there are several',
    hint: 'run one statement at a time',
    kind: 'error',
    from: ['clean', 'duckdb'],
    exit: exitCode.usage,
  },
  not_reading: {
    text: 'A statement would change data: only reading is allowed here',
    hint: 'write files with activate/file; marts change only by a run',
    kind: 'error',
    from: ['clean', 'duckdb'],
    exit: exitCode.usage,
  },
  out_of_memory: {
    text: 'A statement needs more memory than DuckDB may use',
    hint: 'give more with --memory, or fewer --threads',
    kind: 'error',
    from: 'duckdb',
  },
  spill_full: {
    text: 'There is no disk space left to spill what does not fit into memory',
    hint: 'make room on the disk of .sillage, or give more with --memory',
    kind: 'error',
    from: 'duckdb',
  },
  statement_failed: {
    text: 'DuckDB refuses a statement',
    hint: "the message is DuckDB's own: `sillage plan --sql` shows the statements",
    kind: 'error',
    from: 'duckdb',
  },
  stream_failed: {
    text: 'A statement failed after some of its rows were read',
    hint: 'rows already read are incomplete: discard what was made of them',
    kind: 'error',
    from: 'duckdb',
  },
  unsupported_type: {
    text: 'A column has a type that Arrow columns cannot carry',
    hint: 'cast it in SQL first',
    kind: 'error',
    from: 'sql',
  },
  version_held: {
    text: 'The version of a mart is open for writing in another process',
    hint: 'close it there, or open it read-only, then try again',
    kind: 'error',
    from: 'ledger',
  },
  version_unknown: {
    text: 'No kept version has this name, or several have',
    hint: 'name one of those that are kept',
    kind: 'error',
    from: 'ledger',
    exit: exitCode.usage,
  },
  version_unreadable: {
    text: 'A kept version of a mart cannot be read',
    hint: 'publish again with `sillage run`, or go back with `sillage rollback`',
    kind: 'error',
    from: 'ledger',
  },
  working_database_newer: {
    text: 'The working database was made by a newer Sillage or another version of DuckDB',
    hint: 'update Sillage; or move the file away, receipts stay in state/',
    kind: 'error',
    from: 'duckdb',
  },
  working_database_unreadable: {
    text: 'The working database cannot be opened',
    hint: 'it is a cache, receipts stay in state/: move it away, then run again',
    kind: 'error',
    from: 'duckdb',
  },
} as const satisfies Readonly<Record<string, ErrorEntry>>
