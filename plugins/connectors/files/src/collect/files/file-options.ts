import { type FilePlace, type FilesConnection, type Problem, t } from '@sillage/sdk'

/** The options that say where the files of a source are. */
export const fileOptions = {
  path: t.optional(
    t.either(t.path(), t.list(t.path(), { minItems: 1 }), {
      description:
        'A file, a list of files, or a glob; relative to the pipeline, or in the folder of the connection.',
      examples: ['orders.csv', 'orders/*.csv'],
    }),
  ),
  dataset: t.optional(
    t.text({
      minLength: 1,
      description:
        'Instead of `path`: a data set of the project (`datasets/<name>`), or one file of it as `<name>/<file>`.',
      examples: ['superstore', 'josx/domaines.csv'],
    }),
  ),
}

interface FileConfig {
  readonly path?: string | readonly string[]
  readonly dataset?: string
}

/** Exactly one of `path` and `dataset` is wanted. */
export function checkFileOptions({
  config: { path, dataset },
}: {
  readonly config: FileConfig
}): readonly Problem[] {
  if ((path === undefined) !== (dataset === undefined)) return []
  return [
    {
      path: path === undefined ? [] : ['dataset'],
      code: path === undefined ? 'path_missing' : 'path_and_dataset',
      message:
        path === undefined
          ? 'The source does not say what it reads'
          : 'The source names a path and a data set',
      hint: path === undefined ? 'add path: <file>, or dataset: <name>' : 'keep one of the two',
    },
  ]
}

/** Where the files are: a path in the folder of the connection, where the stage has one. */
export function placeOf({ path, dataset }: FileConfig, connection?: FilesConnection): FilePlace {
  if (path === undefined) return { dataset: dataset! }
  if (connection === undefined) return path
  return typeof path === 'string' ? connection.resolve(path) : path.map(connection.resolve)
}
