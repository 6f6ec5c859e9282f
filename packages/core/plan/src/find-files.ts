import type { FilePlace } from '@sillage/sdk'
import type { Files } from './ports.ts'

/** Sorted absolute paths of what a source names: paths and globs from a folder, or a data set. Throws `file_not_found`. */
export async function findFiles(
  where: FilePlace,
  { files, folder }: { readonly files: Files; readonly folder: string },
): Promise<readonly string[]> {
  return typeof where === 'object' && 'dataset' in where
    ? await files.dataset(where.dataset)
    : await files.find(where, folder)
}
