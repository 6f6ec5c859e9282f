import type { DeliveryFailure, Sending } from './deliver-port.ts'
import type { DueCounts, KeyTroubles } from './due.ts'

/** From so many accepted rows on a share says something. */
const fromRows = 100

/** Why rows of one key, or without one, stop a sink before anything goes. */
export function findTrouble(
  { stage, delivery, columns }: Pick<Sending, 'stage' | 'delivery' | 'columns'>,
  { twice, withNull, examples }: KeyTroubles,
): DeliveryFailure | undefined {
  const names = delivery.key.join(', ')
  const personal = columns.some((column) => delivery.key.includes(column.name) && column.personal === true)
  if (twice > 0)
    return {
      code: 'key_not_unique',
      message: `"${stage}": ${twice} rows share their key (${names}) with another row; nothing was sent`,
      hint: 'make the rows unique (clean/dedupe, a group), or give the sink a key that is: key: […]',
      ...(personal || examples.length === 0 ? {} : { examples }),
    }
  if (withNull > 0)
    return {
      code: 'key_with_null',
      message: `"${stage}": ${withNull} rows have a null in their key (${names}); nothing was sent`,
      hint: `leave them out (where: ${delivery.key[0]} is not null), or give the sink a key that is never null: key: […]`,
    }
  return undefined
}

/** Why a mirror does not tell what is gone: an input that failed must not empty a receiver. */
export function tooManyRemoved(
  { stage, delivery }: Pick<Sending, 'stage' | 'delivery'>,
  { counts, allow }: { readonly counts: DueCounts; readonly allow: readonly string[] },
): DeliveryFailure | undefined {
  if (delivery.mode !== 'mirror' || allow.includes(stage)) return undefined
  if (counts.told < fromRows || counts.removed <= delivery.maxRemoved * counts.told) return undefined
  return {
    code: 'too_many_removed',
    message: `"${stage}" would remove ${counts.removed} of ${counts.told} rows from the receiver, more than max_removed (${delivery.maxRemoved}) allows; nothing was sent`,
    hint: `look why so many are gone; if it is right: sillage run --allow-removals ${stage}, or raise max_removed`,
  }
}
