import type { SectionTable } from '@sillage/pipeline'
import type { Campaign } from './campaign.ts'
import { scheduleCampaign } from './schedule-campaign.ts'

/** What a team plans, as a whole and by task. Expects a campaign without problems (see `campaignProblems`). */
export function campaignTables(campaign: Campaign): readonly SectionTable[] {
  const { tasks, criticalPath, days, end, launch } = scheduleCampaign(campaign)
  return [
    {
      name: 'plan',
      comment: 'The plan as a whole; one row.',
      columns: [
        { name: 'start', type: 'DATE', comment: 'First day.' },
        { name: 'holidays', type: 'DATE[]', comment: 'Days off besides Saturdays and Sundays.' },
        {
          name: 'critical_path',
          type: 'VARCHAR[]',
          comment: 'Ids of the tasks that decide when all is done.',
        },
        { name: 'days', type: 'INTEGER', comment: 'Working days of the critical path.' },
        { name: 'end', type: 'DATE', comment: 'Last day of the critical path.' },
        {
          name: 'launch',
          type: 'VARCHAR',
          comment: 'Id of the task with a fixed day; null where none has one.',
        },
        { name: 'launch_on', type: 'DATE', comment: 'That day.' },
        { name: 'margin', type: 'INTEGER', comment: 'Working days free before it; below 0 it is late.' },
      ],
      rows: [
        [
          campaign.start,
          campaign.holidays ?? [],
          criticalPath,
          days,
          end,
          launch?.id ?? null,
          launch?.date ?? null,
          launch?.margin ?? null,
        ],
      ],
    },
    {
      name: 'plan_tasks',
      comment: 'The tasks of the plan with their days; one row a task.',
      columns: [
        { name: 'id', type: 'VARCHAR', comment: 'Id of the task.' },
        { name: 'name', type: 'VARCHAR', comment: 'What is done.' },
        { name: 'days', type: 'INTEGER', comment: 'Working days; 0 is a milestone.' },
        { name: 'after', type: 'VARCHAR[]', comment: 'Ids of the tasks that it waits for.' },
        { name: 'fixed_on', type: 'DATE', comment: 'The day on which it begins whatever happens.' },
        { name: 'start', type: 'DATE', comment: 'First day, as early as can be.' },
        { name: 'finish', type: 'DATE', comment: 'Last day, as early as can be.' },
        { name: 'late_finish', type: 'DATE', comment: 'Last day that delays nothing.' },
        { name: 'slack', type: 'INTEGER', comment: 'Working days by which it may slip.' },
        { name: 'critical', type: 'BOOLEAN', comment: 'Whether it is on the critical path.' },
      ],
      rows: tasks.map(({ id, name, days, after, early, late, slack, critical }) => [
        id,
        name,
        days,
        after,
        campaign.tasks[id]!.on ?? null,
        early.startDate,
        early.finishDate,
        late.finishDate,
        slack,
        critical,
      ]),
    },
  ]
}
