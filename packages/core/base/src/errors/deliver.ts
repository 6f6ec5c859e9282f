import { exitCode } from '../exit-code.ts'
import type { ErrorEntry } from './error-entry.ts'

/** What becomes of rows on their way to a receiver. */
export const deliverErrors = {
  delivery_failed: {
    text: 'Rows did not reach their receiver',
    hint: 'run again: what was not sent is sent, nothing twice',
    kind: 'error',
    from: ['deliver', 'run', 'sdk'],
  },
  delivery_unknown: {
    text: 'It is unknown whether rows were sent; they were not sent again',
    hint: '`sillage resend --unknown` sends them; with --mark-delivered they count as sent',
    kind: 'error',
    from: 'deliver',
  },
  destination_busy: {
    text: 'Another run delivers to the same receiver',
    hint: 'wait until it is done, then run again',
    kind: 'error',
    from: 'deliver',
    exit: exitCode.busy,
  },
  destination_not_ours: {
    text: 'A delivery would overwrite a file that no run delivered',
    hint: 'move it away, or give the stage another path',
    kind: 'error',
    from: 'deliver',
  },
  key_not_unique: {
    text: 'Rows of a delivery share their key; nothing was sent',
    hint: 'make the rows unique, or give the sink a unique key',
    kind: 'error',
    from: 'deliver',
  },
  key_with_null: {
    text: 'Rows of a delivery have a null in their key; nothing was sent',
    hint: 'exclude them, or give the sink a key that is never null',
    kind: 'error',
    from: 'deliver',
  },
  option_not_for_format: {
    text: 'An option does not apply to the format that is written',
    hint: 'remove it',
    kind: 'diagnostic',
    from: 'files',
  },
  receipt_incomplete: {
    text: 'The receipt of a sink does not give the outcome of each row',
    hint: 'fix the plugin: name each row that was not accepted in `refused` or `retry`',
    kind: 'error',
    from: 'deliver',
  },
  secret_invalid: {
    text: 'A secret is not of the kind that the sink needs',
    hint: 'make one as the page of the plugin says',
    kind: 'error',
    from: 'http',
  },
  too_many_removed: {
    text: 'A delivery would remove more rows from the receiver than max_removed allows; nothing was sent',
    hint: 'check why so many are gone; if this is right: sillage run --allow-removals <stage>',
    kind: 'error',
    from: 'deliver',
  },
  unknown_format: {
    text: 'The path of a file does not say its format',
    hint: 'end the path in .csv or .parquet, or set format',
    kind: 'diagnostic',
    from: 'files',
  },
} as const satisfies Readonly<Record<string, ErrorEntry>>
