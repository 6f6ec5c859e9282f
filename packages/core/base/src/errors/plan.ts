import type { ErrorEntry } from './error-entry.ts'

/** What shows when a pipeline is compiled: expressions, columns and places that do not hold. */
export const planErrors = {
  as_of_missing: {
    text: 'A stage needs to know what "today" is, and the pipeline has no as_of',
    hint: 'add as_of: 2026-01-31 at the top',
    kind: 'diagnostic',
    from: 'plan',
  },
  check_invalid: {
    text: 'A check does not fit its column',
    hint: 'write bounds and values of the type of the column',
    kind: 'diagnostic',
    from: 'plan',
  },
  column_unknown: {
    text: 'No column has this name',
    hint: 'see the columns with `sillage plan --output json`',
    kind: 'diagnostic',
    from: ['enrich', 'plan', 'server'],
  },
  columns_invalid: {
    text: 'A source declares invalid columns',
    hint: 'name each column once, with letters before any _',
    kind: 'error',
    from: 'plan',
  },
  columns_renamed: {
    text: 'Columns were renamed: their names are empty, duplicate, or begin with _',
    hint: 'read them by these names, or name the columns in the pipeline',
    kind: 'warning',
    from: ['files', 'plan'],
  },
  destination_of_project: {
    text: 'A stage would overwrite files of the project',
    hint: 'deliver to a separate folder, such as out/',
    kind: 'diagnostic',
    from: ['deliver', 'plan'],
  },
  destination_taken: {
    text: 'A stage writes a file that another stage uses',
    hint: 'give it its own path',
    kind: 'diagnostic',
    from: 'plan',
  },
  environments_deliver_alike: {
    text: 'Two environments both send to one receiver: each would undo what the other sent',
    hint: 'make the address differ by ${env:…} or ${secret:…}, or set shared: true in the stage',
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
    hint: 'add it to columns: it identifies a row to the receiver',
    kind: 'diagnostic',
    from: 'plan',
  },
  label_unknown: {
    text: 'A label names something that does not exist',
    hint: 'correct the name, or remove the label',
    kind: 'warning',
    from: 'report',
  },
  mart_of_sink: {
    text: 'A mart reads a stage that delivers',
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
    text: 'A stage that writes a file has mode mirror',
    hint: 'mode: full writes all rows each time',
    kind: 'diagnostic',
    from: 'plan',
  },
  name_reserved: {
    text: 'A name begins with _, which is reserved for the engine',
    hint: 'give it another name',
    kind: 'diagnostic',
    from: 'plan',
  },
  output_not_made: {
    text: 'With this configuration the stage has no such output',
    hint: 'see what makes it: sillage plugins show <plugin>',
    kind: 'diagnostic',
    from: 'plan',
  },
  pattern_invalid: {
    text: 'A text is not an RE2 regular expression',
    hint: 'RE2 has no backreferences (\\1) and no lookaround ((?=…), (?<…))',
    kind: 'diagnostic',
    from: 'plan',
  },
  relationship_order: {
    text: 'A relationship points to a stage that is read later',
    hint: 'point it to a stage that is read before',
    kind: 'diagnostic',
    from: 'plan',
  },
  declaration_invalid: {
    text: 'A plugin declares something invalid',
    hint: 'fix the plugin',
    kind: 'error',
    from: 'plan',
  },
  reserved_column_missing: {
    text: 'The statement of a plugin lacks a column that it declared',
    hint: 'fix the plugin',
    kind: 'error',
    from: 'plan',
  },
  source_drifted: {
    text: 'Columns of a source were added, removed or changed their type since the last run',
    hint: 'fix the export, or set on_drift: evolve',
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
    text: 'People were forgotten by a column that no source has any more',
    hint: 'name the source column under `from:` of a contract, or forget them again by a column that exists',
    kind: 'diagnostic',
    from: 'plan',
  },
} as const satisfies Readonly<Record<string, ErrorEntry>>
