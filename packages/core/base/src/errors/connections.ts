import { exitCode } from '../exit-code.ts'
import type { ErrorEntry } from './error-entry.ts'

/** What happens between Sillage and the systems that connections name. */
export const connectionErrors = {
  action_unknown: {
    text: 'A command was asked to do what it cannot',
    hint: 'see the help of the command',
    kind: 'error',
    exit: exitCode.usage,
    from: 'cli',
  },
  address_elsewhere: {
    text: 'An address leads to another server than the connection',
    hint: 'leave the connection out, or name one of that server',
    kind: 'error',
    from: 'http',
  },
  address_relative: {
    text: 'An address is a path, and no connection says of which server',
    hint: 'write the whole address, or name a connection',
    kind: 'error',
    from: ['http', 'sdk'],
  },
  cassette_lacks: {
    text: 'What a plugin asks is not on the cassette that answers for a server',
    hint: 'record it again',
    kind: 'error',
    from: 'sdk',
  },
  connection_failed: {
    text: 'A connection could not be opened, or its system does not answer',
    hint: 'try it by itself: sillage connections test <name>',
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
    text: 'A connection is of a type that no plugin package brings',
    hint: 'look at docs/reference/connections.md for the types',
    kind: 'diagnostic',
    from: 'pipeline',
  },
  connection_type_wrong: {
    text: 'A connection is of another type than the plugin takes',
    hint: 'name a connection of a type that it takes',
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
    text: 'A plugin takes no connection, and its stage names one',
    hint: 'take the key out',
    kind: 'diagnostic',
    from: 'pipeline',
  },
  folder_not_found: {
    text: 'The folder of a connection does not exist',
    hint: 'make it, or mend the path',
    kind: 'error',
    from: 'files',
  },
} as const satisfies Readonly<Record<string, ErrorEntry>>
