import type { ErrorEntry } from './error-entry.ts'

/** What the plugins that clean and enrich find in their configuration and their rows. */
export const cleaningErrors = {
  ambiguous_numbers: {
    text: 'One sign is both the decimal sign and the thousands separator',
    hint: 'set decimal to the other sign',
    kind: 'diagnostic',
    from: 'clean',
  },
  column_collision: {
    text: 'Two columns would have the same name',
    hint: 'give one of them another name',
    kind: 'diagnostic',
    from: 'clean',
  },
  column_taken: {
    text: 'A column of this name already exists',
    hint: 'choose another name',
    kind: 'diagnostic',
    from: ['clean', 'enrich', 'inbox', 'score', 'segment'],
  },
  empty_range: {
    text: 'No value lies between the two limits of a column',
    hint: 'swap the two limits',
    kind: 'diagnostic',
    from: 'clean',
  },
  keys_set_aside: {
    text: 'Too many rows share a value for it to be a key; they were not merged by it',
    hint: 'max_group says how many rows may share a value',
    kind: 'warning',
    from: 'clean',
  },
  largest_group: {
    text: 'Many rows became one',
    hint: 'look for a placeholder in the keys; max_group excludes it',
    kind: 'warning',
    from: 'clean',
  },
  names_respelled: {
    text: 'Names and civilities were respelled',
    hint: 'the original values are in the stage before',
    kind: 'warning',
    from: 'clean',
  },
  nothing_to_do: {
    text: 'The stage has nothing to do',
    hint: 'say what it must do, or remove the stage',
    kind: 'diagnostic',
    from: ['clean', 'enrich'],
  },
  null_but_required: {
    text: 'A value that is required cannot become null',
    hint: 'remove `required`, or let on_invalid refuse the row',
    kind: 'diagnostic',
    from: 'clean',
  },
  option_not_for_type: {
    text: 'An option does not apply to a column of this type',
    hint: 'remove it, or give the column another type',
    kind: 'diagnostic',
    from: 'clean',
  },
  repeated_column: {
    text: 'A column has two roles',
    hint: 'give each column one role',
    kind: 'diagnostic',
    from: 'clean',
  },
  required_without_column: {
    text: 'No column holds a required part',
    hint: 'name its column, or make it optional',
    kind: 'diagnostic',
    from: 'clean',
  },
  texts_rewritten: {
    text: 'Texts were normalised: NFC, plain spaces, no invisible characters',
    hint: 'trim: false leaves the texts of a column unchanged',
    kind: 'warning',
    from: 'clean',
  },
  types_differ: {
    text: 'The two sides of a join have keys of different types',
    hint: 'give both the same type in their contracts',
    kind: 'diagnostic',
    from: 'enrich',
  },
  unknown_column: {
    text: 'The input has no column of this name',
    hint: 'write `from`, the name in the input',
    kind: 'diagnostic',
    from: 'clean',
  },
  unknown_country: {
    text: 'A text is not a country with a numbering plan',
    hint: 'write its ISO code, such as FR, BE, CH',
    kind: 'diagnostic',
    from: 'clean',
  },
  unknown_type: {
    text: 'A contract has no such type',
    hint: 'look up the types: sillage plugins show clean/contract',
    kind: 'diagnostic',
    from: 'clean',
  },
  values_set_null: {
    text: 'Values that break their contract became null',
    hint: 'on_invalid: refuse refuses their rows instead, so that they can be inspected',
    kind: 'warning',
    from: 'clean',
  },
  wrong_limit: {
    text: 'A limit does not fit the type of its column',
    hint: 'write it in the type of the column',
    kind: 'diagnostic',
    from: 'clean',
  },
  zoned_format: {
    text: 'A format reads the name of a time zone, an offset twice, or an offset of a date',
    hint: 'read it as a timestamp with an offset, %z, which becomes UTC',
    kind: 'diagnostic',
    from: 'clean',
  },
} as const satisfies Readonly<Record<string, ErrorEntry>>
