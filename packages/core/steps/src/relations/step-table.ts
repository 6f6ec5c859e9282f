import { type Sql, sql, stages } from '@sillage/sdk'
import type { Session } from '@sillage/sql'

/** Schemas of the relations of a plan. */
const schemas: readonly string[] = ['step', 'reject', ...stages]

/** All rows of a stored step, those that were refused among them; or a part of it: a further output, units, what a scan refused. */
export function stepTable(stage: string, part?: string): Sql {
  return sql.id('step', part === undefined ? stage : `${stage}.${part}`)
}

export async function createSchemas(session: Session): Promise<void> {
  for (const schema of schemas) await session.run(`create schema if not exists ${schema}`)
}

/** True of the schemas that only hold relations of a plan. */
export function isOfPlan(schema: string): boolean {
  return schemas.includes(schema)
}
