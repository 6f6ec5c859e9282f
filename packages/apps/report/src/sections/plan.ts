import { scheduleCampaign } from '@sillage/campaign'
import { type Sql, sql } from '@sillage/sql'
import type { MakeSection } from '../section-facts.ts'

const dayMs = 86_400_000

/** The schedule as a Gantt chart, its critical path, and what lies between its end and the launch. */
export const plan: MakeSection = async ({ campaign, words, formats }) => {
  if (!campaign) return []
  const { value, isPublished, hasChanged } = campaign
  const { tasks, criticalPath, days, end, launch } = scheduleCampaign(value)
  const date = (iso: string): string => formats.cell(iso, 'date')
  return [
    {
      kind: 'findings',
      items: [
        ...(hasChanged ? [{ text: words.plan.changed, warns: true }] : []),
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
      ...(isPublished ? { sql: outcome.text } : {}),
    },
    {
      kind: 'chart',
      title: words.plan.gantt,
      alt: words.plan.alt(tasks.length, date(value.start), date(end)),
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
        { title: words.plan.id, format: 'text', column: 'id' },
        { title: words.plan.task, format: 'text', column: 'name' },
        { title: words.plan.days, format: 'count', column: 'days' },
        { title: words.plan.after, format: 'text', column: 'after' },
        { title: words.plan.start, format: 'date', column: 'start' },
        { title: words.plan.finish, format: 'date', column: 'finish' },
        { title: words.plan.lateFinish, format: 'date', column: 'late_finish' },
        { title: words.plan.slack, format: 'count', column: 'slack' },
        { title: words.plan.critical, format: 'text', column: 'critical' },
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
      ...(isPublished ? { sql: taskList(words.yes).text } : {}),
    },
  ]
}

/** What the sentences say, from the tasks themselves; the margin counts days off, which the plan knows. */
const outcome = sql`
  select
    string_agg(id, ' → ' order by start, rowid) filter (where critical) as critical_path,
    sum(days) filter (where critical)::integer as days,
    max(finish) filter (where critical) as ${sql.id('end')},
    max(fixed_on) as launch_on,
    (select margin from sillage.plan) as margin
  from sillage.plan_tasks
`

function taskList(yes: string): Sql {
  return sql`
    select
      id,
      name,
      days,
      nullif(array_to_string(${sql.id('after')}, ', '), '') as ${sql.id('after')},
      start,
      finish,
      late_finish,
      slack,
      case when critical then ${yes} else '' end as critical
    from sillage.plan_tasks
    order by rowid
  `
}

function dayAfter(iso: string): string {
  return new Date(Date.parse(iso) + dayMs).toISOString().slice(0, 10)
}
