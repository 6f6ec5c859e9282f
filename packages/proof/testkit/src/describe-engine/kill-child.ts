import { planProject, runProject } from '../project.ts'
import { knownPlugins } from './engine-project.ts'
import { loadEngine } from './engine-under-test.ts'

/** A run in a process of its own, which `SILLAGE_FAULT` kills: the module and the name of an engine, and the folder of a project. */
const [module, name, folder] = process.argv.slice(2) as [string, string, string]
const registry = knownPlugins()
const { plan } = await planProject({ folder, registry })
const { error } = await runProject({ folder, registry, engine: await loadEngine({ module, name }) }, plan!)
if (error) process.stderr.write(`${error.code}: ${error.message}\n`)
process.exitCode = error ? 1 : 0
