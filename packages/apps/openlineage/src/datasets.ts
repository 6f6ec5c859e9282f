import { basename, dirname, join } from 'node:path'
import type { Plan, SourceStep } from '@sillage/plan'
import type { DatasetName } from './event.ts'

/** More files than this are told as their folder. */
const mostFiles = 20

/** What a source reads: published tables of another pipeline, else its files, or the folder that holds all of them. */
export function readBy(step: SourceStep): readonly DatasetName[] {
  const { files, attach } = step
  const tables = attach === undefined ? [] : attachedTables(step.select, attach.alias)
  if (tables.length > 0) return tables.map((table) => martDataset(linkOf(attach!.path), table))
  return files.length > mostFiles ? [fileDataset(commonFolder(files))] : files.map(fileDataset)
}

/** Tables of the schema `main` that a select reads of an attached database. */
function attachedTables(select: string, alias: string): readonly string[] {
  const quoted = alias.replaceAll('"', '""').replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')
  const found = select.matchAll(new RegExp(`"?${quoted}"?\\."?main"?\\.(?:"((?:[^"]|"")+)"|(\\w+))`, 'g'))
  return [...new Set([...found].map(([, name, plain]) => name?.replaceAll('""', '"') ?? plain!))]
}

/** A mart goes by the link that readers open, of which each version is a file of its own. */
function linkOf(path: string): string {
  const versions = dirname(dirname(path))
  return basename(versions) === '.versions'
    ? join(dirname(versions), `${basename(dirname(path))}.duckdb`)
    : path
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
