import { exitCode } from '../exit-code.ts'
import type { ErrorEntry } from './error-entry.ts'

/** What happens to plugins: files that give none, and code that fails while it works. */
export const pluginErrors = {
  data_unfit: {
    text: 'The data do not suffice for what is asked',
    hint: 'give the step more data, or remove it',
    kind: 'error',
    from: 'sdk',
  },
  not_now: {
    text: 'A system that a plugin depends on does not answer at the moment',
    hint: 'run again later: finished steps are kept',
    kind: 'error',
    from: ['clean', 'sdk'],
  },
  plugin_broken: {
    text: 'A file of the project does not export a plugin',
    hint: 'fix the file; `sillage plugins` lists what loads',
    kind: 'diagnostic',
    from: 'cli',
  },
  plugin_crashed: {
    text: 'A plugin ended its worker process',
    hint: 'a plugin must throw when it fails, and never call process.exit',
    kind: 'error',
    from: 'workers',
  },
  plugin_failed: {
    text: 'A plugin failed on its rows',
    hint: 'fix the plugin, or refuse such rows in a clean/contract before it',
    kind: 'error',
    from: ['steps', 'workers'],
  },
  plugin_contract_newer: {
    text: 'A plugin package is made for a newer Sillage',
    hint: 'update Sillage, or install an older version of that package',
    kind: 'error',
    exit: exitCode.invalid,
    from: 'pipeline',
  },
  plugin_name_taken: {
    text: 'A plugin of the project has the name of another one',
    hint: 'give it another name',
    kind: 'diagnostic',
    from: 'cli',
  },
  plugin_never_answers: {
    text: 'A plugin returned a promise that nothing settles',
    hint: 'fix the plugin: each promise that it makes must be resolved or rejected',
    kind: 'error',
    from: 'base',
  },
  plugin_out_of_memory: {
    text: 'A plugin exceeded its memory limit',
    hint: 'keep less in memory, or give workers more: --memory, or limits: { memory: 1GB } in sillage.yaml',
    kind: 'error',
    from: 'workers',
  },
  plugin_output: {
    text: 'A plugin returned what it did not declare',
    hint: 'fix the plugin',
    kind: 'error',
    from: ['steps', 'workers'],
  },
  plugin_package_missing: {
    text: 'A plugin package is not installed',
    hint: 'install it, or remove it from sillage.yaml',
    kind: 'error',
    from: 'cli',
    exit: exitCode.invalid,
  },
  plugin_timeout: {
    text: 'A plugin exceeded its time limit',
    hint: 'look for an endless loop, or allow more time in sillage.yaml under limits',
    kind: 'error',
    from: 'workers',
  },
  plugin_unloadable: {
    text: 'A plugin cannot be loaded in its worker',
    hint: 'check the import statements of the plugin',
    kind: 'error',
    from: 'workers',
  },
  program_tables: {
    text: 'A program broke a rule of its tables',
    hint: 'fix the plugin: a table is written only in the checkpoint that creates it, under a unique name',
    kind: 'error',
    from: 'duckdb',
  },
} as const satisfies Readonly<Record<string, ErrorEntry>>
