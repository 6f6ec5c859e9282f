import { exitCode } from '../exit-code.ts'
import type { ErrorEntry } from './error-entry.ts'

/** What happens to plugins: files that give none, and code that fails while it works. */
export const pluginErrors = {
  data_unfit: {
    text: 'The data cannot carry what is asked of them',
    hint: 'give the step more data, or leave it out',
    kind: 'error',
    from: 'sdk',
  },
  not_now: {
    text: 'What a plugin depends on does not answer for the moment',
    hint: 'run again later: finished steps are kept',
    kind: 'error',
    from: ['clean', 'sdk'],
  },
  plugin_broken: {
    text: 'A file of the project gives no plugin',
    hint: 'mend the file; `sillage plugins` lists what loads',
    kind: 'diagnostic',
    from: 'cli',
  },
  plugin_crashed: {
    text: 'A plugin ended the process that it worked in',
    hint: 'a plugin throws where it fails; it never calls process.exit',
    kind: 'error',
    from: 'workers',
  },
  plugin_failed: {
    text: 'A plugin failed on its rows',
    hint: 'mend the plugin, or refuse such rows in a clean/contract before it',
    kind: 'error',
    from: ['steps', 'workers'],
  },
  plugin_contract_newer: {
    text: 'A package of plugins is made for a newer Sillage',
    hint: 'update Sillage, or install an older version of that package',
    kind: 'error',
    exit: exitCode.invalid,
    from: 'pipeline',
  },
  plugin_name_taken: {
    text: 'A plugin of the project has the name of another one',
    hint: 'give it a name of its own',
    kind: 'diagnostic',
    from: 'cli',
  },
  plugin_never_answers: {
    text: 'A plugin returned a promise that nothing settles',
    hint: 'mend the plugin: each promise that it makes must be resolved or rejected',
    kind: 'error',
    from: 'base',
  },
  plugin_out_of_memory: {
    text: 'A plugin took more memory than it may',
    hint: 'keep less in memory, or give workers more: --memory, or limits: { memory: 1GB } in sillage.yaml',
    kind: 'error',
    from: 'workers',
  },
  plugin_output: {
    text: 'A plugin gave what it did not declare',
    hint: 'mend the plugin',
    kind: 'error',
    from: ['steps', 'workers'],
  },
  plugin_package_missing: {
    text: 'A package of plugins is not installed',
    hint: 'install it, or remove it from sillage.yaml',
    kind: 'error',
    from: 'cli',
    exit: exitCode.invalid,
  },
  plugin_timeout: {
    text: 'A plugin took longer than it may',
    hint: 'look for an endless loop, or allow more time in sillage.yaml under limits',
    kind: 'error',
    from: 'workers',
  },
  plugin_unloadable: {
    text: 'A plugin cannot be loaded where it is to work',
    hint: 'check the import statements of the plugin',
    kind: 'error',
    from: 'workers',
  },
  program_tables: {
    text: 'A program used its tables otherwise than it may',
    hint: 'mend the plugin: a table is written in the named step that makes it, under a name of its own',
    kind: 'error',
    from: 'duckdb',
  },
} as const satisfies Readonly<Record<string, ErrorEntry>>
