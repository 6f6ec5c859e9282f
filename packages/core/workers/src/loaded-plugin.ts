import { fingerprint } from '@sillage/base'
import type { BatchPlugin, ModelPlugin, Plugin, ProgramPlugin } from '@sillage/sdk'
import { type Beside, ownBeside } from './beside.ts'
import { type FaultError, toFault } from './fault.ts'
import type { PluginCall } from './task.ts'

interface Loaded<P> {
  readonly plugin: P
  readonly state: unknown
}

type OpenCall = PluginCall & { readonly beside?: Beside | undefined }

const loaded = new Map<string, Promise<Loaded<Plugin>>>()

/** The batch plugin of a call with its state; loaded and opened once. Throws a fault. */
export async function loadBatchPlugin(call: OpenCall): Promise<Loaded<BatchPlugin>> {
  const { plugin, state } = await load(call)
  if (plugin.style !== 'batch') throw wrongStyle(call, plugin, 'batch')
  return { plugin, state }
}

/** The model plugin of a call. Throws a fault. */
export async function loadModelPlugin(call: PluginCall): Promise<ModelPlugin> {
  const { plugin } = await load(call)
  if (plugin.style !== 'model') throw wrongStyle(call, plugin, 'model')
  return plugin
}

/** The program of a call. Throws a fault. */
export async function loadProgram(call: PluginCall): Promise<ProgramPlugin> {
  const { plugin } = await load(call)
  if (plugin.style !== 'program') throw wrongStyle(call, plugin, 'program')
  return plugin
}

function load(call: OpenCall): Promise<Loaded<Plugin>> {
  const key = fingerprint(call.module, call.config, call.beside?.id ?? '')
  const known = loaded.get(key)
  if (known) return known
  const loading = open(call)
  loaded.set(key, loading)
  // What could not be opened for the moment is opened again by the next call.
  loading.catch(() => loaded.delete(key))
  return loading
}

async function open({ module, config, beside }: OpenCall): Promise<Loaded<Plugin>> {
  const plugin = await importPlugin(module)
  if (plugin.style !== 'batch' || !plugin.open) return { plugin, state: undefined }
  try {
    return { plugin, state: await plugin.open({ config, inputs: ownBeside(beside) }) }
  } catch (error) {
    throw toFault('open', error)
  }
}

async function importPlugin(module: string): Promise<Plugin> {
  try {
    const { default: plugin } = (await import(module)) as { readonly default?: Plugin }
    if (!plugin) throw new TypeError('the module has no default export')
    return plugin
  } catch (error) {
    throw toFault('load', error)
  }
}

function wrongStyle(call: PluginCall, plugin: Pick<Plugin, 'style'>, wanted: string): FaultError {
  return toFault(
    'load',
    new TypeError(`${call.plugin} is a ${plugin.style} plugin where a ${wanted} plugin is called`),
  )
}
