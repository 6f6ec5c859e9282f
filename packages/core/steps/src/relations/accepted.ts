import { carriesPlaces, type Placed, type Step } from '@sillage/plan'
import { placeColumns, sql } from '@sillage/sdk'
import { stepTable } from './step-table.ts'

/** A select of the accepted rows of a stored step whose table has these columns, or of those of them that a condition picks. */
export function selectAccepted(
  step: Placed & Pick<Step, 'stage' | 'columns'>,
  names: readonly string[],
  where?: string,
): string {
  const conditions = [
    ...(names.includes('_reject') ? ['_reject = 0'] : []),
    ...(names.includes('_forgotten') ? ['not _forgotten'] : []),
    ...(where ? [where] : []),
  ]
  const shown = [...step.columns.map((column) => column.name), ...(carriesPlaces(step) ? placeColumns : [])]
  const columns = sql.join(shown.map((name) => sql.id(name))).text
  return `select ${columns} from ${stepTable(step.stage).text}${conditions.length > 0 ? ` where ${conditions.join(' and ')}` : ''}`
}
