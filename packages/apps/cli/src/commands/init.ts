import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { SillageError } from '@sillage/base'
import type { Command } from 'commander'
import { projectPackage } from '../installed-from.ts'
import { note, print, printJson } from '../output.ts'
import { contractFor, starter } from '../templates.ts'
import type { CommonOptions } from './options.ts'

interface InitOptions extends CommonOptions {
  readonly from?: string
  readonly force?: boolean
}

export function registerInit(program: Command): void {
  program
    .command('init')
    .description('create a project that runs; --from file.csv infers a first contract from your file')
    .argument('[folder]', 'where', '.')
    .option('--from <file>', 'a CSV, JSON or Parquet file to start from')
    .option('--force', 'overwrite existing files')
    .addHelpText(
      'after',
      '\nExamples:\n  sillage init shop && cd shop && sillage run\n  sillage init shop --from orders.csv',
    )
    .action(async (folder: string, options: InitOptions) => {
      const target = resolve(folder)
      if (options.from !== undefined && !existsSync(resolve(options.from))) throw sourceMissing(options.from)
      const { files: made, notes } =
        options.from === undefined
          ? { files: starter(), notes: [] }
          : await contractFor({ file: resolve(options.from), folder: target, name: nameFor(options.from) })
      const files = { ...packageFor(target), ...made }
      const existing = Object.keys(files).filter((file) => existsSync(join(target, file)))
      if (existing.length > 0 && !options.force)
        throw new SillageError({
          code: 'init_occupied',
          message: `${existing.join(', ')} ${existing.length === 1 ? 'is' : 'are'} there already`,
          hint: 'choose another folder, or use --force',
        })
      for (const [file, text] of Object.entries(files)) {
        mkdirSync(dirname(join(target, file)), { recursive: true })
        writeFileSync(join(target, file), text)
      }
      if (options.output === 'json') return printJson({ folder: target, files: Object.keys(files), notes })
      const where = relative(process.cwd(), target)
      for (const text of notes) note(`! ${text}`)
      print(
        `Made ${Object.keys(files)
          .map((file) => join(where, file))
          .join(
            ', ',
          )}\n\nNext:\n${where ? `  cd ${where}\n` : ''}  npx --no-install sillage validate\n  npx --no-install sillage run\n  npx --no-install sillage query ${/^pipeline: (\S+)/m.exec(files['pipeline.yaml']!)![1]} "show all tables"`,
      )
    })
}

/** A `package.json` that is there already stays as it is. */
function packageFor(folder: string): Readonly<Record<string, string>> {
  if (existsSync(join(folder, 'package.json'))) return {}
  return { 'package.json': projectPackage({ folder, called: nameFor(basename(folder)) }) }
}

function nameFor(file: string): string {
  const name = basename(file)
    .replace(/\..*$/, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^[^a-z]+|-+$/g, '')
  return name || 'my-pipeline'
}

function sourceMissing(file: string): SillageError {
  return new SillageError({
    code: 'init_source',
    message: `${file} does not exist`,
    hint: 'check its path',
  })
}
