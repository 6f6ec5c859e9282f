import type { Budget } from './budget.ts'
import type { Campaign } from './campaign.ts'

const task = (name: string, days: number, ...after: readonly string[]) => ({ name, days, after })

/** The plan of the course's case. */
export const josxCampaign: Campaign = {
  start: '2014-05-12',
  holidays: ['2014-05-29', '2014-06-09', '2014-07-14', '2014-08-15'],
  tasks: {
    T1: task('order letter', 5),
    T2: task('specification', 8, 'T1'),
    T3: task('choice of CRM', 12, 'T2'),
    T4: task('integration', 25, 'T3'),
    T5: task('take-over of Access, real test', 10, 'T4'),
    T6: task('files', 15, 'T1'),
    T7: task('survey', 15, 'T6'),
    T8: task('segments', 5, 'T5', 'T7'),
    T9: task('photos, articles', 20, 'T1'),
    T10: task('flyer', 10, 'T9'),
    T11: task('three mailings', 10, 'T9'),
    T12: task('seminar', 2, 'T5'),
    T13: task('sending', 5, 'T8', 'T11'),
    T14: task('calls, meetings', 12, 'T12', 'T13'),
    T15: task('dashboard', 5, 'T8'),
    T16: { ...task('launch', 0, 'T10', 'T14', 'T15'), on: '2014-09-15' },
  },
}

/** The budget of the course's case. */
export const josxBudget: Budget = {
  envelope: 100_000,
  lines: {
    prize: { name: 'Prize for the best seller', amount: 5000 },
    crm: { name: 'CRM tools', amount: 2500 },
    integration: { name: 'Integration', amount: 20_000 },
    flyers: { name: 'Flyers', amount: 2000 },
    articles: { name: 'Articles and photos', amount: 12_000 },
    mailings: { name: 'Mailings', amount: 1500 },
    training: {
      name: 'Training',
      amount: 6000,
      detail: [
        { quantity: 20, price: 25 },
        { quantity: 20, price: 70 },
        { quantity: 20, price: 200 },
      ],
    },
  },
  stated: [
    {
      name: 'Means',
      amount: 44_000,
      of: ['crm', 'integration', 'flyers', 'articles', 'mailings', 'training'],
    },
    { name: 'Prize', amount: 50_000, of: ['prize'] },
  ],
  split: { fidelity: 80, development: 20 },
}
