import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { didYouMean, invalidInput, SillageError } from '@sillage/base'
import { parseYaml } from './yaml-source.ts'

/** What `datasets/<name>/dataset.yaml` says of where its files come from: a package that carries them, or a package that makes them. */
interface DatasetText {
  readonly package?: string
  readonly generator?: string
  readonly seed?: number
  readonly files: Readonly<Record<string, unknown>>
}

/**
 * Absolute paths of a data set's files: all of `josx`, or one as `josx/domaines.csv`. Made ones are generated once, into
 * `.sillage/datasets`. Throws `dataset_unknown`, `dataset_file_unknown`.
 */
export async function findDataset(project: string, name: string): Promise<readonly string[]> {
  const [dataset = '', file] = name.split('/', 2)
  const home = join(project, 'datasets')
  const description = join(home, dataset, 'dataset.yaml')
  if (!existsSync(description)) throw unknownDataset(dataset, existsSync(home) ? readdirSync(home) : [])
  const { value, diagnostics } = parseYaml(readFileSync(description, 'utf8'), description)
  if (diagnostics.length > 0) throw invalidInput(diagnostics)
  const text = value as DatasetText
  const names = Object.keys(text.files)
  if (file !== undefined && !names.includes(file)) throw unknownFile({ dataset, file, names })
  const folder =
    text.package === undefined
      ? await generated({ project, dataset, text, description })
      : packageFolder(text.package, description)
  return (file === undefined ? names : [file]).map((one) => join(folder, one))
}

function packageFolder(name: string, from: string): string {
  return dirname(createRequire(pathToFileURL(from)).resolve(`${name}/package.json`))
}

/** Runs the generator into a folder beside, then renames it: a folder of that name is whole. */
async function generated({
  project,
  dataset,
  text,
  description,
}: {
  readonly project: string
  readonly dataset: string
  readonly text: DatasetText
  readonly description: string
}): Promise<string> {
  const folder = join(project, '.sillage', 'datasets', `${dataset}-${text.seed ?? 0}`)
  if (existsSync(folder)) return folder
  const partial = `${folder}.${process.pid}.partial`
  const module = createRequire(pathToFileURL(description)).resolve(
    text.generator ?? `@sillage/dataset-${dataset}`,
  )
  const { generate } = (await import(pathToFileURL(module).href)) as {
    readonly generate: (facts: { readonly folder: string; readonly seed?: number }) => Promise<unknown>
  }
  mkdirSync(partial, { recursive: true })
  try {
    await generate({ folder: partial, ...(text.seed === undefined ? {} : { seed: text.seed }) })
    if (!existsSync(folder)) renameSync(partial, folder)
  } finally {
    rmSync(partial, { recursive: true, force: true })
  }
  return folder
}

function unknownDataset(dataset: string, known: readonly string[]): SillageError {
  return new SillageError({
    code: 'dataset_unknown',
    message: `There is no data set "${dataset}"`,
    hint:
      didYouMean(dataset, known) ??
      'a data set is a folder datasets/<name> with a dataset.yaml; for a file of your own say path',
  })
}

function unknownFile({
  dataset,
  file,
  names,
}: {
  readonly dataset: string
  readonly file: string
  readonly names: readonly string[]
}): SillageError {
  return new SillageError({
    code: 'dataset_file_unknown',
    message: `The data set "${dataset}" has no file "${file}"`,
    hint: didYouMean(file, names),
  })
}
