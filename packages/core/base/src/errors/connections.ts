import { exitCode } from '../exit-code.ts'
import type { ErrorEntry } from './error-entry.ts'

/** What happens between Sillage and the systems that connections name. */
export const connectionErrors = {
  action_unknown: {
    text: 'A command cannot do what was asked',
    hint: 'see the help of the command',
    kind: 'error',
    exit: exitCode.usage,
    from: 'cli',
  },
  address_elsewhere: {
    text: 'An address is on another server than the connection',
    hint: 'omit the connection, or name one of that server',
    kind: 'error',
    from: 'http',
  },
  address_relative: {
    text: 'An address is a path, and no connection names its server',
    hint: 'write the whole address, or name a connection',
    kind: 'error',
    from: ['http', 'sdk'],
  },
  cassette_lacks: {
    text: 'The cassette has no answer to a request of a plugin',
    hint: 'record it again',
    kind: 'error',
    from: 'sdk',
  },
  connection_failed: {
    text: 'A connection could not be opened, or its system does not answer',
    hint: 'test it: sillage connections test <name>',
    kind: 'error',
    from: ['cli', 'sdk'],
  },
  connection_missing: {
    text: 'A stage names no connection, and its plugin needs one',
    hint: 'write connection: <name>, and declare it in sillage.yaml',
    kind: 'diagnostic',
    from: 'pipeline',
  },
  connection_type_unknown: {
    text: 'No plugin package provides the type of a connection',
    hint: 'see docs/reference/connections.md for the types',
    kind: 'diagnostic',
    from: 'pipeline',
  },
  connection_type_wrong: {
    text: 'The plugin does not accept the type of a connection',
    hint: 'name a connection of a type that it accepts',
    kind: 'diagnostic',
    from: 'pipeline',
  },
  connection_unknown: {
    text: 'There is no connection of that name',
    hint: 'declare it in sillage.yaml',
    kind: 'diagnostic',
    from: ['cli', 'pipeline'],
  },
  connection_unwanted: {
    text: 'A stage names a connection, and its plugin accepts none',
    hint: 'remove the key',
    kind: 'diagnostic',
    from: 'pipeline',
  },
  folder_not_found: {
    text: 'The folder of a connection does not exist',
    hint: 'create it, or correct the path',
    kind: 'error',
    from: 'files',
  },
} as const satisfies Readonly<Record<string, ErrorEntry>>
