import type { DeliveryFacts } from '@sillage/journal'
import colors from 'picocolors'
import { count } from './format.ts'

/** What became of the rows of a delivery, in words. */
export function deliveredText({ due, sent, known, refused, held, removed }: DeliveryFacts): string {
  const parts = [
    `${count(due)} due`,
    `${count(sent)} sent`,
    ...(removed > 0 ? [`${count(removed)} removed`] : []),
    `${count(known)} already there`,
    ...(refused > 0 ? [colors.yellow(`${count(refused)} refused`)] : []),
    ...(held > 0 ? [colors.red(`${count(held)} held`)] : []),
  ]
  return parts.join(', ')
}
