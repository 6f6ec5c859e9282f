import { type NumericColumns, sql } from '@sillage/sdk'
import type { Session } from '../session.ts'
import { readBatches } from './read-batches.ts'

/** The numbers of a select as one array a column; null is NaN. They are held whole: a model's statistics are a reduction. The session is for nothing else meanwhile. */
export async function readMatrix(
  reader: Session,
  statistics: string,
  signal: AbortSignal,
): Promise<NumericColumns> {
  const described = await reader.rows<{ column_name: string }>(`describe ${statistics}`)
  const names = described.map((row) => row.column_name)
  const doubles = sql.join(names.map((name) => sql`${sql.id(name)}::double as ${sql.id(name)}`)).text
  const parts = names.map((): Float64Array[] => [])
  for await (const batch of readBatches({
    connection: reader.connection,
    select: `select ${doubles} from (${statistics})`,
    signal,
  })) {
    for (const [index, values] of parts.entries()) {
      const column = batch.getChildAt(index)!
      values.push(
        Float64Array.from(
          { length: batch.numRows },
          (_, row) => (column.get(row) as number | null) ?? Number.NaN,
        ),
      )
    }
  }
  return Object.fromEntries(names.map((name, index) => [name, concatenate(parts[index]!)]))
}

function concatenate(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
