import { type Sql, sql } from '@sillage/sdk'
import { type RelationName, relationOf } from './step.ts'
import type { Step } from './styles/styles.ts'

/** A relation in a statement. */
export function relationSql({ schema, table }: RelationName): Sql {
  return sql.id(schema, table)
}

/** A reference of the plan (`lines`, `people.merged`) in a statement. */
export function referenceSql(reference: string, steps: ReadonlyMap<string, Pick<Step, 'kind'>>): Sql {
  const [stage, output] = reference.split('.', 2)
  return relationSql(relationOf(steps.get(stage!)!.kind, stage!, output))
}
