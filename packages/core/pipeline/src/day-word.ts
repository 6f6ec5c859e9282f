import { shiftDay } from '@sillage/base'

/** A day that a pipeline names by when it is run. */
export type DayWord = 'today' | 'yesterday'

/** What day it is for one run: resolved once, at its start. */
export interface Calendar {
  /** IANA name. */
  readonly zone: string
  /** ISO date. */
  readonly today: string
}

export function isDayWord(text: unknown): text is DayWord {
  return text === 'today' || text === 'yesterday'
}

export function dayOf(word: DayWord, { today }: Calendar): string {
  return word === 'today' ? today : shiftDay(today, -1)
}
