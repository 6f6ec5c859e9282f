import { schedulePlan } from '@sillage/campaign'
import type { MakeSection } from '../section-facts.ts'

const dayMs = 86_400_000

/** The schedule as a Gantt chart, its critical path, and what lies between its end and the launch. */
export const plan: MakeSection = async ({ plan, words, formats }) => {
  if (!plan) return []
  const { tasks, criticalPath, days, end, launch } = schedulePlan(plan)
  const date = (iso: string): string => formats.cell(iso, 'date')
  return [
    {
      kind: 'findings',
      items: [
        { text: words.plan.path(criticalPath.join(' → '), days, date(end)), warns: false },
        ...(launch
          ? [
              {
                text:
                  launch.margin < 0
                    ? words.plan.late(date(launch.date), -launch.margin)
                    : words.plan.margin(date(launch.date), launch.margin),
                warns: launch.margin < 0,
              },
            ]
          : []),
      ],
    },
    {
      kind: 'chart',
      title: words.plan.gantt,
      alt: words.plan.alt(tasks.length, date(plan.start), date(end)),
      chart: {
        kind: 'gantt',
        words: { critical: words.plan.critical, other: words.plan.other, slack: words.plan.slack },
        launch: launch && {
          date: launch.date,
          label: `${tasks.find(({ id }) => id === launch.id)!.name} · ${date(launch.date)}`,
        },
        tasks: tasks.map(({ id, name, days, early, late, critical }) => ({
          name: `${id} ${name}`,
          start: early.startDate,
          end: days === 0 ? early.startDate : dayAfter(early.finishDate),
          lateEnd: days === 0 ? early.startDate : dayAfter(late.finishDate),
          critical,
        })),
      },
    },
    {
      kind: 'table',
      caption: words.plan.tasks,
      columns: [
        { title: words.plan.id, format: 'text' },
        { title: words.plan.task, format: 'text' },
        { title: words.plan.days, format: 'count' },
        { title: words.plan.after, format: 'text' },
        { title: words.plan.start, format: 'date' },
        { title: words.plan.finish, format: 'date' },
        { title: words.plan.lateFinish, format: 'date' },
        { title: words.plan.slack, format: 'count' },
        { title: words.plan.critical, format: 'text' },
      ],
      rows: tasks.map(({ id, name, days, after, early, late, slack, critical }) => [
        id,
        name,
        days,
        after.length === 0 ? null : after.join(', '),
        early.startDate,
        early.finishDate,
        late.finishDate,
        slack,
        critical ? words.yes : '',
      ]),
    },
  ]
}

function dayAfter(iso: string): string {
  return new Date(Date.parse(iso) + dayMs).toISOString().slice(0, 10)
}
