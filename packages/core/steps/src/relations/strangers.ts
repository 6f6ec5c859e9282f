import type { Step } from '@sillage/plan'
import { sql } from '@sillage/sdk'
import type { Session } from '@sillage/sql'
import { isOfPlan } from './step-table.ts'

/** Removes relations that no step of the plan makes any more. */
export async function dropStrangers(session: Session, steps: readonly Step[]): Promise<void> {
  const own = new Set(steps.flatMap(relationsOf))
  const found = await session.rows<{ schema: string; name: string; kind: string }>(`
    select schema_name as schema, view_name as name, 'view' as kind from duckdb_views() where not internal
    union all select schema_name, table_name, 'table' from duckdb_tables()`)
  for (const { schema, name, kind } of found) {
    if (isOfPlan(schema) && !own.has(`${schema}.${name}`))
      await session.run(`drop ${kind} if exists ${sql.id(schema, name).text}`)
  }
}

function relationsOf(step: Refusing & { readonly outputs?: object }): readonly string[] {
  const names = [
    step.stage,
    `${step.stage}.units`,
    `${step.stage}.refused`,
    ...Object.keys(step.outputs ?? {}).map((output) => `${step.stage}.${output}`),
  ]
  const own = names.flatMap((name) => [`${step.kind}.${name}`, `step.${name}`])
  return mayRefuse(step) ? [...own, `reject.${step.stage}`] : own
}

/** What of a step says whether it may refuse rows. */
interface Refusing extends Pick<Step, 'stage' | 'style' | 'kind' | 'rejects'> {
  readonly files?: readonly unknown[]
  readonly refused?: string | undefined
  readonly suppressed?: readonly unknown[]
}

export function mayRefuse({ style, rejects, files = [], refused, suppressed = [] }: Refusing): boolean {
  if (rejects.length > 0 || (style === 'sink' && files.length === 0)) return true
  return style === 'source' && (refused !== undefined || suppressed.length > 0)
}
