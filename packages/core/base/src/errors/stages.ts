import { exitCode } from '../exit-code.ts'
import type { ErrorEntry } from './error-entry.ts'

/** What people wrote of the stages of a pipeline, and of how one reads the other. */
export const stageErrors = {
  cycle: {
    text: 'The stages read each other in a cycle',
    hint: 'let one of them read from an earlier stage',
    kind: 'diagnostic',
    from: 'pipeline',
  },
  drift_on_stage: {
    text: 'on_drift is set on a stage that reads other stages',
    hint: 'set on_drift on its collect stage',
    kind: 'diagnostic',
    from: 'pipeline',
  },
  expect_invalid: {
    text: 'An entry of expect names no check, or several',
    hint: 'write one check in each entry of expect',
    kind: 'diagnostic',
    from: 'pipeline',
  },
  expect_on_sink: {
    text: 'A stage that delivers has checks, but no rows to check',
    hint: 'put expect on the stage before it',
    kind: 'diagnostic',
    from: 'pipeline',
  },
  from_count: {
    text: 'from names more or fewer stages than the plugin reads',
    hint: 'name one stage for each input of the plugin',
    kind: 'diagnostic',
    from: 'pipeline',
  },
  from_missing: {
    text: 'A stage does not say which stage it reads',
    hint: 'add from: <stage>',
    kind: 'diagnostic',
    from: 'pipeline',
  },
  from_sink: {
    text: 'A stage reads one that only delivers',
    hint: 'read from the stage before it',
    kind: 'diagnostic',
    from: 'pipeline',
  },
  from_unwanted: {
    text: 'A stage that reads no other stage has a from',
    hint: 'remove from',
    kind: 'diagnostic',
    from: 'pipeline',
  },
  mart_unknown: {
    text: 'There is no mart of this name',
    hint: 'name one of the marts of the pipeline',
    kind: 'diagnostic',
    from: 'report',
  },
  output_unknown: {
    text: 'The stage has no output of this name',
    hint: 'read the stage itself, or one of its outputs',
    kind: 'diagnostic',
    from: 'pipeline',
  },
  plugin_unknown: {
    text: 'There is no plugin of this name',
    hint: '`sillage plugins` lists them',
    kind: 'diagnostic',
    from: ['cli', 'pipeline'],
    exit: exitCode.usage,
  },
  role_missing: {
    text: 'The plugin needs an input that from does not name',
    hint: 'name a stage for it under from',
    kind: 'diagnostic',
    from: 'pipeline',
  },
  role_taken: {
    text: 'Two inputs of a stage would have one name',
    hint: 'name them under from: { <name>: <stage> }',
    kind: 'diagnostic',
    from: 'pipeline',
  },
  role_unknown: {
    text: 'The plugin has no input of this name',
    hint: 'see its inputs: sillage plugins show <plugin>',
    kind: 'diagnostic',
    from: 'pipeline',
  },
  shared_on_stage: {
    text: 'shared is set on a stage that does not deliver',
    hint: 'remove it',
    kind: 'diagnostic',
    from: 'pipeline',
  },
  stage_unknown: {
    text: 'There is no stage of this name',
    hint: '`sillage plan` lists the stages',
    kind: 'diagnostic',
    from: ['cli', 'pipeline', 'plan', 'run'],
    exit: exitCode.usage,
  },
  unfit_on_stage: {
    text: 'on_unfit is set on a stage that fits no model',
    hint: 'remove it, or set it on the predict stage',
    kind: 'diagnostic',
    from: 'pipeline',
  },
} as const satisfies Readonly<Record<string, ErrorEntry>>
