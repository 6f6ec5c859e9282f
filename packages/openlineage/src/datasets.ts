import { dirname } from 'node:path'
import type { Plan, SourceStep } from '@sillage/plan'
import type { DatasetName } from './event.ts'

/** More files than this are told as their folder. */
const mostFiles = 20

/** The files of a source, or the folder that holds all of them. */
export function filesOf({ files }: SourceStep): readonly DatasetName[] {
  return files.length > mostFiles ? [fileDataset(commonFolder(files))] : files.map(fileDataset)
}

/** A file, as the specification names it: by its absolute path. */
export function fileDataset(path: string): DatasetName {
  return { namespace: 'file', name: path }
}

/** What a stage makes, by its reference: `lines`, `people.merged`. */
export function relationDataset(
  namespace: string,
  { pipeline }: Pick<Plan, 'pipeline'>,
  reference: string,
): DatasetName {
  return { namespace, name: `${pipeline}.${reference}` }
}

/** A published table, in the database that readers open. */
export function martDataset(mart: string, table: string): DatasetName {
  return { namespace: `duckdb:${mart}`, name: `main.${table}` }
}

/** Where a sink delivered to: an address without what may be secret in it, or a file. */
export function destinationDataset(destination: string): DatasetName {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(destination) || !URL.canParse(destination))
    return fileDataset(destination)
  const { protocol, host, pathname } = new URL(destination)
  return { namespace: `${protocol}//${host}`, name: pathname }
}

function commonFolder(files: readonly string[]): string {
  let folder = dirname(files[0]!)
  while (!files.every((file) => file.startsWith(`${folder}/`)) && folder !== dirname(folder))
    folder = dirname(folder)
  return folder
}
