import { dirname, resolve } from 'node:path'
import { fingerprint, retryTransient } from '@sillage/base'
import { type Column, type SourcePlugin, type Sql, sql } from '@sillage/sdk'
import type { PipelineStage } from '@sillage/spec'
import type { CompileContext } from './compile-context.ts'
import { isReserved, userColumns } from './inputs.ts'
import type { FileState, SourceStep } from './plan.ts'

interface ScanFacts {
  readonly stage: PipelineStage
  readonly plugin: SourcePlugin
  readonly context: CompileContext
  readonly provenance: boolean
}

type Scanned = Pick<SourceStep, 'select' | 'files' | 'provenance' | 'refused' | 'attach' | 'detected'> & {
  readonly columns: readonly Column[]
  readonly states: readonly FileState[]
}

/** Lets a source look at its files and describes the scan that it gives. The state is that of the files, never their paths. */
export async function scanSource({ stage, plugin, context, provenance }: ScanFacts): Promise<Scanned> {
  const { binder, files, pipeline, signal } = context
  const folder = dirname(pipeline.file)
  const seen = new Set<string>()
  const stateNow = async (): Promise<string> => fingerprint(await files.states([...seen].sort()))
  const facts: Parameters<SourcePlugin['scan']>[0] = {
    config: stage.config,
    sql,
    context: {
      resolve: (path) => resolve(folder, path),
      files: async (where) => {
        const found =
          typeof where === 'object' && 'dataset' in where
            ? await files.dataset(where.dataset)
            : await files.find(where, folder)
        for (const file of found) seen.add(file)
        return found
      },
      scratch: files.scratch,
      ...(pipeline.asOf === undefined ? { asOf: '' } : { asOf: pipeline.asOf }),
      query: async (statement) => binder.query(statement.text, await stateNow()),
      mart: (name) => files.martOf(name),
      signal,
    },
  }
  const scan = await retryTransient(() => plugin.scan(facts), { signal })
  for (const file of scan.files) seen.add(file)
  const states = await files.states([...seen].sort())
  const state = fingerprint(states)
  const scanned = scan.select({ provenance })
  const found = await binder.describe({ select: scanned.text, relations: [], state, attach: scan.attach })
  const { select, columns, renamed } = withoutReserved(scanned, found, provenance)
  return {
    select: select.text,
    files: scan.files,
    provenance,
    refused: scan.refused?.text,
    attach: scan.attach,
    detected: { ...scan.detected, ...(renamed.length > 0 ? { renamed: renamed.join(', ') } : {}) },
    columns: userColumns(columns),
    states,
  }
}

/**
 * Names that begin with _ are the engine's (a `_reject` of a file would hide its rows, a `_id` would be lost): a source's own lose
 * their underscores, and get a number where that name is taken.
 */
function withoutReserved(
  scanned: Sql,
  columns: readonly Column[],
  provenance: boolean,
): { readonly select: Sql; readonly columns: readonly Column[]; readonly renamed: readonly string[] } {
  const isOwn = (column: Column) => isReserved(column) && !(provenance && /^_(file|line)$/.test(column.name))
  if (!columns.some(isOwn)) return { select: scanned, columns, renamed: [] }
  const taken = new Set(columns.map(({ name }) => name.toLowerCase()))
  const free = (name: string): string => {
    const plain = name.replace(/^_+/, '') || 'column'
    let candidate = plain
    for (let number = 1; taken.has(candidate.toLowerCase()); number += 1) candidate = `${plain}_${number}`
    taken.add(candidate.toLowerCase())
    return candidate
  }
  const names = columns.map((column) => (isOwn(column) ? free(column.name) : column.name))
  const list = columns.map(({ name }, index) => sql`${sql.id(name)} as ${sql.id(names[index]!)}`)
  return {
    select: sql`
      select ${sql.join(list)}
      from (
        ${scanned}
      )
    `,
    columns: columns.map((column, index) => ({ ...column, name: names[index]! })),
    renamed: columns.flatMap(({ name }, index) =>
      name === names[index] ? [] : [`${name} to ${names[index]}`],
    ),
  }
}
