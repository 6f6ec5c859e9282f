import { existsSync, readFileSync } from 'node:fs'
import { writeWhole } from '@sillage/base'
import type { Step } from '@sillage/plan'
import type { FileContents } from './file-contents.ts'
import type { Run } from './run.ts'

/** Leaves what the sources were, so that the next plan can see what is new in them. */
export function keepSources(
  steps: readonly Step[],
  contents: ReadonlyMap<string, FileContents>,
  { files: { paths, state }, plan, id: run }: Pick<Run, 'files' | 'plan' | 'id'>,
): void {
  const sources = steps.filter((step) => step.style === 'source')
  const last = new Map(
    [...state.read('columns', plan.pipeline)].map(({ stage, columns }) => [stage, JSON.stringify(columns)]),
  )
  const columns = sources.map((step) => ({
    stage: step.stage,
    columns: step.columns.map(({ name, type }) => ({ name, type })),
  }))
  const changed = columns.filter((one) => last.get(one.stage) !== JSON.stringify(one.columns))
  state.append({ kind: 'columns', pipeline: plan.pipeline, run, records: changed })
  const known = Object.fromEntries(
    sources.map(({ stage, fingerprint, parts }) => [
      stage,
      { fingerprint, parts, contents: contents.get(stage) },
    ]),
  )
  const text = JSON.stringify(known)
  if (existsSync(paths.sources) && readFileSync(paths.sources, 'utf8') === text) return
  writeWhole(paths.sources, text)
}
