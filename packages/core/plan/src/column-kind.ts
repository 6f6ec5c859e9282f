import type { ErrorCode } from '@sillage/base'
import { type Column, type ColumnKind, isNumeric, isTemporal, isText } from '@sillage/sdk'

interface Kind {
  readonly holds: (type: string) => boolean
  readonly code: ErrorCode
  readonly words: string
  readonly hint: string
}

const kinds: Readonly<Record<ColumnKind, Kind>> = {
  number: {
    holds: isNumeric,
    code: 'not_numeric',
    words: 'a number',
    hint: 'give it a numeric type with clean/contract',
  },
  time: {
    holds: isTemporal,
    code: 'not_a_time',
    words: 'a date or a timestamp',
    hint: 'give it the type date with clean/contract',
  },
  text: {
    holds: isText,
    code: 'not_a_text',
    words: 'a text',
    hint: 'give it the type text with clean/contract',
  },
  boolean: {
    holds: (type) => type === 'BOOLEAN',
    code: 'not_a_truth_value',
    words: 'a truth value',
    hint: 'give it the type boolean with clean/contract',
  },
}

/** True where a type of DuckDB holds values of that kind. */
export function isOfKind(type: string, kind: ColumnKind): boolean {
  return kinds[kind].holds(type)
}

/** What a diagnostic says of a column of another kind than its option asks for. */
export function wrongKind({ name, type }: Pick<Column, 'name' | 'type'>, kind: ColumnKind) {
  const { code, words, hint } = kinds[kind]
  return { code, message: `"${name}" is ${type}, not ${words}`, hint }
}
