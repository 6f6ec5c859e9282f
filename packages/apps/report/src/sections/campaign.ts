import { scheduleCampaign } from '@sillage/campaign'
import { type Sql, sql } from '@sillage/sql'
import type { MakeSection } from '../section-facts.ts'

const dayMs = 86_400_000

/** The schedule as a Gantt chart, its critical path, and what lies between its end and the launch. */
export const campaign: MakeSection = async ({ campaign: found, words, formats }) => {
  if (!found) return []
  const { value, isPublished, hasChanged } = found
  const { tasks, criticalPath, days, end, launch } = scheduleCampaign(value)
  const date = (iso: string): string => formats.cell(iso, 'date')
  return [
    {
      kind: 'findings',
      items: [
        ...(hasChanged ? [{ text: words.campaign.changed, warns: true }] : []),
        { text: words.campaign.path(criticalPath.join(' → '), days, date(end)), warns: false },
        ...(launch
          ? [
              {
                text:
                  launch.margin < 0
                    ? words.campaign.late(date(launch.date), -launch.margin)
                    : words.campaign.margin(date(launch.date), launch.margin),
                warns: launch.margin < 0,
              },
            ]
          : []),
      ],
      ...(isPublished ? { sql: outcome.text } : {}),
    },
    {
      kind: 'chart',
      title: words.campaign.gantt,
      alt: words.campaign.alt(tasks.length, date(value.start), date(end)),
      chart: {
        kind: 'gantt',
        words: {
          critical: words.campaign.critical,
          other: words.campaign.other,
          slack: words.campaign.slack,
        },
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
      caption: words.campaign.tasks,
      columns: [
        { title: words.campaign.id, format: 'text', column: 'id' },
        { title: words.campaign.task, format: 'text', column: 'name' },
        { title: words.campaign.days, format: 'count', column: 'days' },
        { title: words.campaign.after, format: 'text', column: 'after' },
        { title: words.campaign.start, format: 'date', column: 'start' },
        { title: words.campaign.finish, format: 'date', column: 'finish' },
        { title: words.campaign.lateFinish, format: 'date', column: 'late_finish' },
        { title: words.campaign.slack, format: 'count', column: 'slack' },
        { title: words.campaign.critical, format: 'text', column: 'critical' },
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

/** What the sentences say, from the tasks themselves; the margin counts days off, which the campaign knows. */
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
