import { diagnostic } from '@sillage/base'
import type { Pipeline, Section } from '@sillage/pipeline'

/** When `sillage serve` runs a pipeline. The library behind schedules is loaded where there is one. */
const schedule = {
  key: 'schedule',
  pipeline: {
    shape: {
      type: 'string',
      minLength: 1,
      description:
        'When `sillage serve` runs it: minute, hour, day, month, weekday, time zone, such as "0 6 * * 1-5 Europe/Paris".',
    },
    // Five fields of cron, and a time zone. What the fields may hold is for `validate` to say.
    pattern: '^\\s*[0-9*/,?-]+\\s+[0-9*/,?-]+(?:\\s+[0-9A-Za-z*/,?#+-]+){3}(?:\\s+\\S+)?\\s*$',
    checksAnyText: true,
    check: async (text, { locate }) => {
      if (typeof text !== 'string') return []
      const { parseSchedule } = await import('./schedule.ts')
      const parsed = parseSchedule(text)
      if (!('problem' in parsed)) return []
      return [
        diagnostic({
          code: 'schedule_invalid',
          message: `"schedule" cannot be ${JSON.stringify(text)}: ${parsed.problem}`,
          span: locate.value(['schedule']),
          hint: parsed.hint,
        }),
      ]
    },
    zone: (text) => (typeof text === 'string' ? text.trim().split(/\s+/)[5] : undefined),
  },
} satisfies Section

type CatchUp = 'once' | 'none'

const catchUp = {
  key: 'catch_up',
  pipeline: {
    shape: {
      enum: ['once', 'none'],
      description:
        'What `sillage serve` does about times of the schedule that were missed: one run for all of them, or none. Unless said, once where `as_of` is today or yesterday, else none.',
    },
  },
} satisfies Section

/** The keys of a pipeline file that this package owns. */
export const scheduleSections: readonly Section[] = [schedule, catchUp]

/** What becomes of times of the schedule that were missed: one run for all of them, or none. */
export function catchUpOf({ sections, asOfSource }: Pipeline): CatchUp {
  const said = sections[catchUp.key] as CatchUp | undefined
  return said ?? (asOfSource === 'today' || asOfSource === 'yesterday' ? 'once' : 'none')
}
