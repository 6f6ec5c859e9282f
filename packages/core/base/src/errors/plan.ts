import type { ErrorEntry } from './error-entry.ts'

/** What shows when a pipeline is compiled: expressions, columns and places that do not hold. */
export const planErrors = {
  as_of_missing: {
    text: 'Something needs to know what "today" is, and the pipeline has no as_of',
    hint: 'add as_of: 2026-01-31 at the top',
    kind: 'diagnostic',
    from: 'plan',
  },
  check_invalid: {
    text: 'A check cannot be asked of its column',
    hint: 'write bounds and values of the type of the column',
    kind: 'diagnostic',
    from: 'plan',
  },
  column_unknown: {
    text: 'There is no column of this name',
    hint: 'see the columns with `sillage plan --output json`',
    kind: 'diagnostic',
    from: ['enrich', 'plan', 'server'],
  },
  columns_invalid: {
    text: 'A source declares columns that cannot be',
    hint: 'name each column once, with letters before any _',
    kind: 'error',
    from: 'plan',
  },
  columns_renamed: {
    text: 'Columns were given other names: theirs are empty, stand twice, or begin with _',
    hint: 'read them by these names, or name the columns in the pipeline',
    kind: 'warning',
    from: ['files', 'plan'],
  },
  destination_of_project: {
    text: 'A stage would write over files of the project',
    hint: 'deliver to a folder of its own, such as out/',
    kind: 'diagnostic',
    from: ['deliver', 'plan'],
  },
  destination_taken: {
    text: 'A stage writes the file that another one uses',
    hint: 'give it a path of its own',
    kind: 'diagnostic',
    from: 'plan',
  },
  environments_deliver_alike: {
    text: 'Two environments both send to one place: each would undo what the other told',
    hint: 'let the place differ by ${env:…} or ${secret:…}, or say shared: true in the stage',
    kind: 'diagnostic',
    from: 'plan',
  },
  expression_invalid: {
    text: 'An expression cannot be computed',
    hint: 'see the types with `sillage plan --output json`; cast where they differ',
    kind: 'diagnostic',
    from: 'plan',
  },
  key_not_sent: {
    text: 'A column of the key is not among those that are sent',
    hint: 'add it to columns: the receiver knows a row by it',
    kind: 'diagnostic',
    from: 'plan',
  },
  label_unknown: {
    text: 'A label is given to what there is not',
    hint: 'mend the name, or take the label out',
    kind: 'warning',
    from: 'report',
  },
  mart_of_sink: {
    text: 'A mart is made of a stage that delivers',
    hint: 'publish the stage before it',
    kind: 'diagnostic',
    from: 'plan',
  },
  mirror_needs_key: {
    text: 'A sink in mode mirror has no key',
    hint: 'give it one, such as key: [id], or give the mart with the same rows a key',
    kind: 'diagnostic',
    from: 'plan',
  },
  mode_not_for_files: {
    text: 'A stage that writes a file is told to mirror',
    hint: 'mode: full writes all rows each time',
    kind: 'diagnostic',
    from: 'plan',
  },
  name_reserved: {
    text: "A name begins with _, which is the engine's",
    hint: 'give it another name',
    kind: 'diagnostic',
    from: 'plan',
  },
  output_not_made: {
    text: 'The stage makes no such output as it is configured',
    hint: 'look up what makes it: sillage plugins show <plugin>',
    kind: 'diagnostic',
    from: 'plan',
  },
  pattern_invalid: {
    text: 'A text is no regular expression of RE2',
    hint: 'RE2 has no references back (\\1) and no looking around ((?=…), (?<…))',
    kind: 'diagnostic',
    from: 'plan',
  },
  relationship_order: {
    text: 'A relationship points to a stage that is read later',
    hint: 'let it point to a stage that is read before',
    kind: 'diagnostic',
    from: 'plan',
  },
  declaration_invalid: {
    text: 'A plugin says of itself what cannot be',
    hint: 'mend the plugin',
    kind: 'error',
    from: 'plan',
  },
  reserved_column_missing: {
    text: 'The statement of a plugin lacks a column that it promised',
    hint: 'the plugin wants mending',
    kind: 'error',
    from: 'plan',
  },
  source_drifted: {
    text: 'The columns of a source came, went or changed their type since the last run',
    hint: 'mend the export, or say on_drift: evolve',
    kind: 'diagnostic',
    from: 'plan',
  },
  stage_invalid: {
    text: 'A stage does not compile',
    hint: 'check its columns and their types',
    kind: 'diagnostic',
    from: 'plan',
  },
  suppression_unmatched: {
    text: 'People asked to be forgotten by a column that no source has any more',
    hint: 'name the source column under `from:` of a contract, or forget them again by a column that there is',
    kind: 'diagnostic',
    from: 'plan',
  },
} as const satisfies Readonly<Record<string, ErrorEntry>>
