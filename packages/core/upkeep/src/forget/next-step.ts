import { join, relative, sep } from 'node:path'
import { inboxFolder, type RunPaths, runPaths, type Stores } from '@sillage/ledger'
import type { Pipeline } from '@sillage/plan'
import { historyName } from '../history/history-name.ts'

/** What to do about a value that is left in a file, so that it goes. `key` is the `--key` without its value. */
export function nextStep(
  file: string,
  {
    pipeline,
    outputs,
    columns,
    stores,
  }: {
    readonly pipeline: Pick<Pipeline, 'name' | 'places' | 'project'>
    readonly outputs: ReadonlySet<string>
    readonly columns: readonly string[]
    readonly stores: Pick<Stores, 'filesOf'>
  },
): string {
  const { name, places, project } = pipeline
  const keys = columns.map((column) => `--key ${column}=…`).join(' ')
  const inside = (folder: string): boolean => file.startsWith(folder + sep)
  const isOf = (store: Pick<RunPaths, 'database'>): boolean =>
    stores.filesOf(store).store.some((one) => file === one || inside(one))
  const paths = runPaths({ places, pipeline: name })
  const versions = join(places.marts, '.versions')
  if (inside(join(versions, historyName(name))))
    return `sillage backfill ${name} with the dates that it had, then sillage gc ${name} --keep 1`
  if (inside(join(versions, name))) return `sillage run ${name}, then sillage gc ${name} --keep 1`
  if (outputs.has(file)) return `sillage run ${name} writes it anew; else delete the file`
  if (inside(paths.journals)) return `sillage gc ${name} --journals 0`
  if (isOf(paths)) return `sillage run ${name}, then sillage forget ${name} ${keys} again`
  if (isOf(runPaths({ places, pipeline: name, backfill: true })))
    return `delete it (a cache), then sillage backfill ${name}`
  if (inside(inboxFolder(places)))
    return 'a record of a form that does not say whose it is: remove_after of the form, then sillage gc'
  const [root, first, second] = relative(project, file).split(sep)
  const other = environmentOf(root!, first, second)
  const own = [places.work, places.marts, places.state].some(
    (folder) => !/(^|[\\/])(\.sillage|marts|state)$/.test(folder) && inside(folder),
  )
  if (other !== undefined && !own) return `sillage forget ${name} ${keys} --env ${other}`
  const neighbour = ownerOf(file, pipeline)
  if (neighbour !== undefined && neighbour !== name)
    return `it is ${neighbour}'s: sillage forget ${neighbour} ${keys} (by its own columns)`
  return 'Sillage cannot remove it from here: edit or delete the file'
}

/** `.sillage/@dev/…`, `state/@dev/…`, `marts/dev/…`. */
function environmentOf(root: string, first?: string, second?: string): string | undefined {
  if (first?.startsWith('@')) return first.slice(1)
  return root === 'marts' && second === '.versions' ? first : undefined
}

/** The pipeline whose folder a file is in. */
function ownerOf(file: string, { places }: Pick<Pipeline, 'places'>): string | undefined {
  for (const folder of [places.work, join(places.marts, '.versions')])
    if (file.startsWith(folder + sep)) {
      const [owner, inner] = file.slice(folder.length + 1).split(sep)
      return inner === undefined ? undefined : owner!.replace(/-history$/, '')
    }
  return undefined
}
