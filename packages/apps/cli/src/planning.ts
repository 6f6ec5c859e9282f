import { join } from 'node:path'
import { type Diagnostic, sortDiagnostics } from '@sillage/base'
import { CachedBinder } from '@sillage/duckdb/cached-binder'
import { localFiles } from '@sillage/ledger'
import type { Pipeline } from '@sillage/pipeline'
import { configRoles, makePlan, type Plan, type PluginLoader, type Suppression } from '@sillage/plan'
import type { Column, Plugin } from '@sillage/sdk'
import { openState } from '@sillage/state'
import { martPathOf } from './paths.ts'
import { readSecret } from './secrets.ts'
import { sections } from './sections.ts'
import { undeclaredForms } from './undeclared-forms.ts'
import type { OpenedPipeline } from './workspace.ts'

const loadPlugin: PluginLoader = async (known) => {
  if (!known.proven) return (await import('./own-plugins.ts')).importOwnPlugin(known)
  const { default: plugin } = (await import(known.url)) as { default: Plugin }
  return plugin
}

/** Compiles an opened pipeline. DuckDB is loaded only for what was never asked before. */
export async function planPipeline(
  opened: OpenedPipeline,
  signal: AbortSignal,
): Promise<{ readonly plan: Plan | undefined; readonly diagnostics: readonly Diagnostic[] }> {
  const { diagnostics, locate } = opened
  const pipeline = opened.pipeline ?? opened.part
  if (!pipeline) return { plan: undefined, diagnostics }
  const own = join(pipeline.places.work, pipeline.name)
  let columns: ReturnType<typeof lastColumns> | undefined
  const known = () => (columns ??= lastColumns(pipeline))
  await using binder = binderOf(pipeline)
  const planned = await makePlan({
    pipeline,
    locate,
    loadPlugin,
    binder,
    files: localFiles({
      own,
      dataset: async (name) =>
        (await import('@sillage/pipeline/dataset')).findDataset(pipeline.project, name),
      martOf: (name) => martPathOf(pipeline.places, name),
      lastColumns: (stage) => known().get(stage),
    }),
    suppressions: suppressionsOf(pipeline),
    sections: sections.all,
    secret: (name) => readSecret(name, opened.project),
    signal,
  })
  const lacksKey = diagnostics.some(({ code }) => code === 'key_unknown')
  const isOwn = ({ code }: Diagnostic): boolean => !lacksKey || !ofMissingKey.has(code)
  if (!opened.pipeline)
    return {
      plan: undefined,
      diagnostics: sortDiagnostics([...diagnostics, ...planned.diagnostics.filter(isError).filter(isOwn)]),
    }
  return {
    plan: planned.plan,
    diagnostics: [...diagnostics, ...undeclaredForms(opened), ...planned.diagnostics],
  }
}

/** What a stage is blamed for where the key that would have said it is misspelt. */
const ofMissingKey = new Set(['nothing_to_do', 'stage_invalid'])

/** What is only odd may be so since a part of the pipeline is missing. */
function isError({ severity }: Diagnostic): boolean {
  return severity === 'error'
}

/** The columns that each expression of a pipeline names, by its text: planning asked already, so that DuckDB is loaded for none. */
export async function namedColumns(pipeline: Pipeline): Promise<ReadonlyMap<string, readonly string[]>> {
  await using binder = binderOf(pipeline)
  const texts = pipeline.stages.flatMap(({ config, plugin }) =>
    configRoles(config, plugin.config).flatMap(({ role, text, isKey }) =>
      role === 'expression' && !isKey ? [text] : [],
    ),
  )
  const named = new Map<string, readonly string[]>()
  for (const text of new Set(texts)) {
    const { columns } = await binder.parseExpression(text)
    named.set(
      text,
      columns.map(({ name }) => name),
    )
  }
  return named
}

function binderOf({ places, name }: Pipeline): CachedBinder {
  return new CachedBinder(join(places.work, name, 'bind.json'), async () => {
    const { DuckDbBinder } = await import('@sillage/duckdb/binder')
    return new DuckDbBinder()
  })
}

/** Of each source: the columns of its last run, which outlive the working database. */
function lastColumns({ places, name }: Pipeline): ReadonlyMap<string, readonly Column[]> {
  const records = openState(places.state).read('columns', name)
  return new Map([...records].map(({ stage, columns }) => [String(stage), columns as readonly Column[]]))
}

/** Who asked to be forgotten; the list is the same in every environment. */
function suppressionsOf({ places, name }: Pipeline): readonly Suppression[] {
  return [...openState(places.suppressions).read('suppressions', name)] as unknown as readonly Suppression[]
}
