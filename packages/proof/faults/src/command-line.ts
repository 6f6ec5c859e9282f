import { fileURLToPath } from 'node:url'

/** The command line as users start it. */
export const commandLine = fileURLToPath(new URL('../../../apps/cli/bin/sillage.mjs', import.meta.url))
