import { didYouMean, SillageError } from '@sillage/base'
import type { Command } from 'commander'
import colors from 'picocolors'
import { note, print, printJson, withHint } from '../output.ts'
import { table } from '../terminal/table.ts'
import { openWorkspace } from '../workspace.ts'
import type { CommonOptions } from './options.ts'

export function registerPlugins(program: Command): void {
  program
    .command('plugins')
    .description('list the plugins; `plugins show <name>` prints the page of one')
    .argument('[action]', 'show')
    .argument('[name]', 'such as clean/contract')
    .addHelpText('after', '\nExamples:\n  sillage plugins\n  sillage plugins show clean/contract')
    .action(async (action: string | undefined, name: string | undefined, options: CommonOptions) => {
      const { registry, broken } = await openWorkspace(process.cwd())
      if (action === undefined) {
        const plugins = [...registry.values()].map(({ name: plugin, style, summary }) => ({
          name: plugin,
          style,
          summary,
        }))
        if (options.output === 'json') return printJson({ plugins, broken })
        for (const { code, message, hint } of broken)
          note(`${colors.red('error')} ${withHint({ code, message, hint })}`)
        return print(
          table(
            [{ title: 'plugin' }, { title: 'style' }, { title: 'what it does', whole: true }],
            plugins.map((plugin) => [plugin.name, plugin.style, plugin.summary]),
          ),
        )
      }
      const wanted = action === 'show' ? name : action
      const entry = wanted === undefined ? undefined : registry.get(wanted)
      const bad = entry
        ? undefined
        : broken.find(({ names }) => wanted !== undefined && names.includes(wanted))
      if (bad) {
        const { code, message, hint } = bad
        throw new SillageError({ code, message, hint })
      }
      if (!entry)
        throw new SillageError({
          code: 'plugin_unknown',
          message: `There is no plugin "${wanted ?? ''}"`,
          hint: didYouMean(wanted ?? '', registry.keys()),
        })
      const { default: plugin } = (await import(entry.url)) as { default: import('@sillage/sdk').Plugin }
      const { pluginPage } = await import('@sillage/pipeline/plugin-page')
      if (options.output === 'json') return printJson({ ...entry, examples: plugin.examples })
      print(pluginPage(plugin, entry))
    })
}
