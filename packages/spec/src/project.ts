import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { invalidInput } from '@sillage/base'
import type { JsonSchema } from '@sillage/sdk'
import { checkShape } from './check-shape.ts'
import { compileValidator } from './compile-validator.ts'
import { parseYaml } from './yaml-source.ts'

/** The folder that holds a project's pipelines, caches, state and marts, with what `sillage.yaml` says. */
export interface Project {
  /** Absolute. */
  readonly folder: string
  /** Packages, or files such as `./plugins/shouting.ts`. */
  readonly plugins: readonly string[]
  /** Globs of pipeline files. */
  readonly pipelines: readonly string[]
  readonly memory?: string
  readonly keep?: number
}

const shape: JsonSchema = {
  type: 'object',
  properties: {
    plugins: {
      type: 'array',
      items: { type: 'string' },
      description: 'Packages, or files such as ./plugins/shouting.ts.',
    },
    pipelines: { type: 'array', items: { type: 'string' }, description: 'Globs of pipeline files.' },
    memory: { type: 'string' },
    keep: { type: 'integer', minimum: 1 },
    environments: { type: 'object' },
  },
  required: [],
  additionalProperties: false,
}

/** The project of a file or folder: the nearest `sillage.yaml` at or above it, else the folder itself. Throws all errors of the file. */
export async function findProject(start: string): Promise<Project> {
  const origin = resolve(start)
  for (let folder = origin; ; folder = dirname(folder)) {
    const file = join(folder, 'sillage.yaml')
    if (existsSync(file)) return readProject(folder, file)
    if (dirname(folder) === folder)
      return { folder: origin, plugins: [], pipelines: ['pipelines/*/pipeline.yaml', '*.yaml'] }
  }
}

async function readProject(folder: string, file: string): Promise<Project> {
  const source = parseYaml(readFileSync(file, 'utf8'), file)
  const value = source.value ?? {}
  const diagnostics = source.diagnostics.length
    ? source.diagnostics
    : checkShape({ value, validate: await compileValidator(shape), base: [], locate: source.locate })
  if (diagnostics.length > 0) throw invalidInput(diagnostics)
  const {
    plugins = [],
    pipelines = ['pipelines/*/pipeline.yaml', '*.yaml'],
    memory,
    keep,
  } = value as Partial<Project>
  return {
    folder,
    plugins,
    pipelines,
    ...(memory === undefined ? {} : { memory }),
    ...(keep === undefined ? {} : { keep }),
  }
}
