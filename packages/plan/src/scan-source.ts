import { dirname, resolve } from 'node:path'
import { type Column, type SourcePlugin, sql } from '@sillage/sdk'
import type { PipelineStage } from '@sillage/spec'
import type { CompileContext } from './compile-context.ts'
import { userColumns } from './inputs.ts'
import type { SourceStep } from './plan.ts'

interface ScanFacts {
  readonly stage: PipelineStage
  readonly plugin: SourcePlugin
  readonly context: CompileContext
  readonly provenance: boolean
}

type Scanned = Pick<SourceStep, 'select' | 'files' | 'provenance' | 'refused' | 'attach' | 'detected'> & {
  readonly columns: readonly Column[]
  readonly state: string
}

/** Lets a source look at its files and describes the scan that it gives. The state is that of the files, never their paths. */
export async function scanSource({ stage, plugin, context, provenance }: ScanFacts): Promise<Scanned> {
  const { binder, files, pipeline, signal } = context
  const folder = dirname(pipeline.file)
  const seen = new Set<string>()
  const stateNow = (): Promise<string> => files.state([...seen])
  const scan = await plugin.scan({
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
  })
  for (const file of scan.files) seen.add(file)
  const state = await stateNow()
  const select = scan.select({ provenance }).text
  const columns = await binder.describe({ select, relations: [], state, attach: scan.attach })
  return {
    select,
    files: scan.files,
    provenance,
    refused: scan.refused?.text,
    attach: scan.attach,
    detected: scan.detected ?? {},
    columns: userColumns(columns),
    state,
  }
}
