import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { answerOf, messageOf } from '@sillage/base'
import type { BrokenPlugin, KnownConnection, KnownPlugin } from '@sillage/pipeline'
import { type Connection, describe, describeConnection, type Plugin, stages } from '@sillage/sdk'
import { buildOwnPlugin, rememberFacts } from './build-own-plugin.ts'
import { describeModule } from './describe-module.ts'
import { endable } from './stop-on-signals.ts'

const connectionPattern = /^[a-z][a-z0-9-]*$/
const namePattern = new RegExp(`^(${stages.join('|')})/[a-z][a-z0-9-]*$`)

export interface OwnPlugins {
  readonly plugins: readonly KnownPlugin[]
  readonly connections: readonly KnownConnection[]
  /** Files that give no plugin, and why. */
  readonly broken: readonly BrokenPlugin[]
}

interface OwnFacts {
  readonly folder: string
  /** Globs from the folder. */
  readonly patterns: readonly string[]
  /** How long a file may take to be loaded. */
  readonly loadMs: number
  /** Names that packages have already. */
  readonly taken: ReadonlySet<string>
}

/**
 * Describes a project's own files of plugins and connections (`./plugins/*.ts`): built once to plain JavaScript, which the engine and its workers load alike, and
 * loaded in a thread with a limit. A file that does not load harms the pipelines that use it, and no other.
 */
export async function loadOwnPlugins({ folder, patterns, loadMs, taken }: OwnFacts): Promise<OwnPlugins> {
  const { glob } = await import('tinyglobby')
  const files = (await glob([...patterns], { cwd: folder, absolute: true })).sort()
  const plugins: KnownPlugin[] = []
  const connections: KnownConnection[] = []
  const broken: BrokenPlugin[] = []
  const madeBy = new Map<string, string>()
  for (const file of files) {
    const shown = relative(folder, file)
    try {
      const plugin = await endable(() => loadOwnFile({ folder, file, loadMs }))
      if (!('style' in plugin)) {
        connections.push(plugin)
        continue
      }
      const { name } = plugin
      const other = taken.has(name) ? 'Sillage or a package' : madeBy.get(name)
      if (other === undefined) {
        plugins.push(plugin)
        madeBy.set(name, shown)
      } else
        broken.push({
          file: shown,
          names: [name],
          code: 'plugin_name_taken',
          message: `The plugin ${shown} is called "${name}", as one of ${other} is already`,
          hint: 'give it another name, such as that of your company before the verb',
        })
    } catch (cause) {
      broken.push({
        file: shown,
        names: namesIn(file),
        code: 'plugin_broken',
        message: `The plugin ${shown} does not load: ${messageOf(cause).split('\n').slice(0, 3).join(' ')}`,
        hint: 'fix the file; `sillage plugins` lists what loads',
      })
    }
  }
  return { plugins, connections, broken }
}

/** The plugin with functions that a signal can end, for the main thread: it compiles them, and they may loop. */
export function endablePlugin(plugin: Plugin): Plugin {
  const parts = Object.entries(plugin).map(([name, part]: [string, unknown]) => [
    name,
    typeof part === 'function' ? (...facts: readonly unknown[]) => endable(() => part(...facts)) : part,
  ])
  return Object.fromEntries(parts) as Plugin
}

/** Loads an own plugin into this thread, once it is known to load. */
export async function importOwnPlugin({ url, name }: KnownPlugin): Promise<Plugin> {
  process.setSourceMapsEnabled(true)
  const { default: plugin } = await answerOf(
    endable(async () => (await import(url)) as { default: Plugin }),
    { plugin: name },
  )
  return endablePlugin(plugin)
}

async function loadOwnFile({
  folder,
  file,
  loadMs,
}: {
  readonly folder: string
  readonly file: string
  readonly loadMs: number
}): Promise<KnownPlugin | KnownConnection> {
  const { file: built, facts: known } = await buildOwnPlugin(folder, file)
  const url = pathToFileURL(built).href
  const facts = known ?? (await describeModule(url, { limitMs: loadMs }))
  if (typeof facts.name !== 'string' || typeof facts.style !== 'string')
    throw new Error(
      'it has no default export made by defineSource, defineSql, defineBatch, defineModel, defineSink or defineConnection',
    )
  if (facts.style === 'connection') {
    if (!connectionPattern.test(facts.name))
      throw new Error(`its name "${facts.name}" is not of lower-case letters, digits and hyphens`)
    if (!known) rememberFacts(folder, file, facts)
    return { ...describeConnection(facts as Connection, built), url }
  }
  if (!namePattern.test(facts.name))
    throw new Error(`its name "${facts.name}" is not <stage>/<verb>, with a stage such as enrich`)
  if (!known) rememberFacts(folder, file, facts)
  const entry = describe({ plugin: facts as Plugin, module: built, source: readFileSync(built, 'utf8') })
  return { ...entry, url, proven: false }
}

/** Names that the text of a file gives to plugins: all that can be known of one that does not load. */
function namesIn(file: string): readonly string[] {
  const names = readFileSync(file, 'utf8').matchAll(/\bname\s*:\s*(['"`])([\w/-]+)\1/g)
  return [...names].map(([, , name]) => name!).filter((name) => namePattern.test(name))
}
