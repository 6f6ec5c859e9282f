import { writeFileSync } from 'node:fs'
import { editorSchema } from '@sillage/pipeline'
import type { Command } from 'commander'
import { note, printJson } from '../output.ts'
import { sections } from '../sections.ts'
import { openWorkspace } from '../workspace.ts'
import type { CommonOptions } from './options.ts'

interface SchemaOptions extends CommonOptions {
  readonly write?: string
}

export function registerSchema(program: Command): void {
  program
    .command('schema')
    .description(
      'print the JSON Schema of pipeline files, from the installed plugins; editors use it for completion',
    )
    .option('--write <file>', 'write it to a file instead')
    .addHelpText(
      'after',
      '\nExamples:\n  sillage schema --write pipeline.schema.json\n\nName it in the first line of a pipeline:\n  # yaml-language-server: $schema=pipeline.schema.json',
    )
    .action(async (options: SchemaOptions) => {
      const { registry, connectionTypes } = await openWorkspace(process.cwd())
      const schema = editorSchema([...registry.values()], sections.all, [...connectionTypes.values()])
      if (options.write === undefined) return printJson(schema)
      writeFileSync(options.write, `${JSON.stringify(schema, null, 1)}\n`)
      note(`written: ${options.write}`)
    })
}
