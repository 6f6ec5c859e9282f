import { checkParts } from './check-text.ts'

const plural = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`

const names: readonly string[] = [
  'No',
  'One',
  'Two',
  'Three',
  'Four',
  'Five',
  'Six',
  'Seven',
  'Eight',
  'Nine',
  'Ten',
]

/** The report in English. */
export const en = {
  title: (pipeline: string): string => `Report: ${pipeline}`,
  asOf: 'As of',
  published: 'Published',
  run: 'Run',
  contents: 'Contents',
  sqlOf: 'SQL that gives this again',
  figuresOf: 'The figures of this chart',
  yes: 'yes',
  chart: {
    notShown: 'not shown',
    gaps: 'Hatching, … and <: figures that are not shown, because too few people are behind them or behind those beside them.',
  },
  /** What a check asks, where the pipeline did not name it. */
  check: (name: string, column: (name: string) => string): string => {
    const parts = checkParts(name)
    if (!parts) return name
    const { kind, about } = parts
    const columns = about.split(', ').map(column).join(', ')
    switch (kind) {
      case 'key_unique':
        return `the key of the table ${about} is there once`
      case 'key_not_null':
        return `the key of the table ${about} is always there`
      case 'not_null':
        return `always there: ${columns}`
      case 'unique':
        return `no value twice: ${columns}`
      case 'accepted_values':
        return `accepted values only: ${columns}`
      case 'range':
        return `within its bounds: ${columns}`
      case 'relationships':
        return `known reference: ${about}`
      case 'row_count':
        return `number of rows: ${about}`
      case 'rejected':
        return `rejected rows ${about}`
      default:
        return name
    }
  },
  /** The six treatments of the course, and others as they are. */
  treatments: {
    valoriser: 'grow',
    choyer: 'cherish',
    recuperer: 'win back',
    conquerir: 'win',
    verifier: 'look into',
    abandonner: 'let go',
  } as Readonly<Record<string, string>>,
  total: 'Total',
  share: 'Share',
  others: '(others)',
  stage: 'Stage',
  column: 'Column',
  people: 'People',
  customers: 'Customers',
  segment: 'Segment',
  treatment: 'Treatment',
  action: 'Action',
  valueOf: (column: string): string => `Sum of ${column}`,
  smallGroups: (size: number): string =>
    `Groups of fewer than ${size} people are shown as <${size}; … stands where another figure would give one of them away.`,
  colon: (label: string, text: string): string => `${label}: ${text}`,
  sections: {
    summary: 'At a glance',
    order_letter: 'Order letter',
    target_tree: 'Target tree',
    coverage: 'The database: coverage by field and origin',
    segments: 'Actions by segment',
    migration: 'Who moved',
    rfm: 'Recency, frequency, value',
    value: 'Value and its concentration',
    cohorts: 'Who comes back',
    model: 'Quality of the models',
    budget: 'Budget',
    plan: 'Plan',
    dashboard: 'Dashboard',
    stages: 'Stages and checks',
  },
  headline: {
    people: ({
      all,
      people,
      segment,
      share,
    }: {
      readonly all: string
      readonly people: string
      readonly segment: string
      readonly share: string
    }): string => `${all} people; the largest segment is “${segment}”: ${people} people, ${share}.`,
    concentration: ({
      share,
      needed,
      customers,
      value,
      isPareto,
    }: {
      readonly share: string
      readonly needed: string
      readonly customers: string
      readonly value: string
      readonly isPareto: boolean
    }): string =>
      `${needed} of ${customers} customers (${share}) bring ${value} of the value: the rule of 80/20 ${isPareto ? 'holds' : 'does not hold'} here.`,
  },
  rows: {
    received: 'Rows received',
    rejected: 'Rejected',
    merged: 'Merged',
    filtered: 'Filtered out',
    copied: 'Read twice',
    kept: 'Kept',
    published: 'Published (after summing up)',
    gap: 'Gap',
  },
  rejects: {
    caption: 'Rejected rows by reason',
    code: 'Code',
    message: 'Reason',
    none: 'No row was rejected.',
    /** Reasons by code, where they are not said as the stage says them. */
    reasons: {} as Readonly<Record<string, string>>,
    /** What such a reason says of its bound, after the words of the stage before it. */
    bounds: {} as Readonly<Record<string, { readonly after: string; readonly text: string }>>,
    note: 'A row may have several reasons. Stages beside the way to the main table are listed too.',
  },
  segments: {
    value: (column: string): string => `Value by ${column}`,
    valueAlt: (column: string): string => `Bars: the value that the people of each ${column} bring.`,
    sizes: (column: string): string => `Sizes by ${column}`,
    sizesAlt: (column: string, count: number, first: string): string =>
      `Bars: people in each of ${plural(count, 'group', 'groups')} of ${column}; the largest is ${first}.`,
    treatments: 'Segment, treatment, action, people, to contact',
    treated: 'Segment, treatment, action, people',
    no_consent: 'No consent',
    no_address: 'No address',
    to_contact: 'To contact',
    contactNote:
      'A segment with two actions has two lines. Whoever did not agree, or has no address for the channel of the action, is excluded; – means that the action has no channel.',
  },
  migration: {
    since: (run: string, day: string | undefined): string =>
      `Compared with the version ${day === undefined ? 'before' : `of ${day}`}, ${run}.`,
    matrix: (column: string): string => `From which ${column} to which`,
    alt: (column: string): string => `Heat map: people by ${column} before and now.`,
    from: 'From',
    to: 'To',
    more: (count: number): string => `${plural(count, 'more pair', 'more pairs')} not shown.`,
    entered: '(entered)',
    left: '(left)',
  },
  rfm: {
    map: 'Customers by recency and frequency points',
    mapAlt:
      'Heat map: recency points upwards, frequency points to the right; in each cell the customers and their value.',
    cells: 'Customers and value by cell',
    recency: 'Recency points',
    frequency: 'Frequency points',
    monetary: 'Monetary points',
    shareOfValue: 'Share of value',
  },
  value: {
    noForecast:
      'This is what customers have spent. What they will spend (lifetime value) is not told: no stage of this pipeline forecasts it.',
    emptyForecast: 'What customers will spend (lifetime value) is not told: the model gives it for nobody.',
    forecast: (column: string): string => `What is expected of each segment: ${column}`,
    forecastNote:
      'A forecast: it is worth what the verdict on its model says, and more for a segment than for one customer.',
    tenths: 'Value by tenths of the customers, the dearest first',
    tenthsAlt: 'Bars: the value that each tenth of the customers brings, the dearest tenth first.',
    tenth: 'Tenth',
    value: 'Value',
    mean: 'Mean',
    people: 'Customers with a value',
    topFifth: 'Share of the top 20 % of customers',
    gini: 'Gini coefficient',
    lorenz: 'Lorenz curve',
    lorenzAlt:
      'Curve: the share of value that a share of the customers brings, from the poorest up, below the diagonal of equal shares.',
    equal: 'equal shares',
    shareOfPeople: 'Share of customers',
    shareOfValue: 'Share of value',
  },
  cohorts: {
    retention: {
      month: 'Customers who bought again, by month of the first purchase (%)',
      quarter: 'Customers who bought again, by quarter of the first purchase (%)',
      year: 'Customers who bought again, by year of the first purchase (%)',
    },
    cohort: { month: 'First month', quarter: 'First quarter', year: 'First year' },
    age: { month: 'Months later', quarter: 'Quarters later', year: 'Years later' },
    alt: 'Heat map: for each cohort, the share of its customers who bought in each later period.',
    note: 'The last period may not be over yet.',
    until: (date: string): string => `The last period is counted up to ${date}.`,
  },
  model: {
    facts: 'What the fitted models say of themselves',
    /** By the path of the fact in the model; what is not here keeps its path. */
    factNames: {
      'buying.name': 'Model of buying',
      'spending.name': 'Model of spending',
      log_likelihood: 'Log-likelihood of buying',
      spending_log_likelihood: 'Log-likelihood of spending',
      customers: 'Customers',
      repeating_customers: 'Customers who bought again',
      spending_customers: 'Customers whose spending is fitted',
      'window.from': 'First day',
      'window.to': 'Last day',
      time_unit: 'Unit of time',
      'holdout.days': 'Days held out',
      'holdout.known_to': 'Known up to, for the trial',
      'holdout.customers': 'Customers in the trial',
      'holdout.purchases': 'Purchases that came',
      'holdout.purchases_expected': 'Purchases expected',
      'holdout.mean_squared_error': 'Mean squared error',
      'holdout.mean_squared_error_of_mean': 'Mean squared error of one mean',
      'holdout.beats_mean': 'Better than one mean for all',
      'convergence.iterations': 'Steps of the fit of buying',
      'convergence.spending_iterations': 'Steps of the fit of spending',
      'metrics.frequency_monetary_correlation': 'Correlation of how often and how much',
      'metrics.repeat_purchases': 'Repeat purchases',
      'metrics.repeat_purchases_expected': 'Repeat purchases expected',
    } as Readonly<Record<string, string>>,
    parameter: {
      buying: (name: string): string => `Parameter ${name} of buying`,
      spending: (name: string): string => `Parameter ${name} of spending`,
      holdout: (name: string): string => `Parameter ${name} in the trial`,
    },
    /** Values of facts that are words. */
    factValues: { true: 'yes', false: 'no', shared: 'one mean for all' } as Readonly<Record<string, string>>,
    fact: 'Fact',
    value: 'Value',
    scored: 'Customers with a forecast',
    alive: 'Customers expected to be active',
    expected: 'Purchases expected within the horizon',
    worth: (column: string): string => `Sum of ${column}`,
    tried: (stage: string, days: number): string =>
      `${stage}: purchases of the last ${plural(days, 'day', 'days')}, expected and actual, by repeat purchases before`,
    triedAlt: (days: number): string =>
      `Bars side by side: mean purchases of a customer in the last ${plural(days, 'day', 'days')}, as they came and as the model expected, by number of repeat purchases before.`,
    triedNote: (date: string, days: number): string =>
      `Means of a customer. For this comparison the model was fitted on what was known on ${date}, and nothing of the ${plural(days, 'day', 'days')} since.`,
    repeats: 'Repeat purchases before',
    came: 'Actual',
    foreseen: 'Expected',
    spread: 'Customers by the probability of being active',
    spreadAlt: 'Bars: how many customers have which probability of being active, in tenths.',
    from: 'From',
    below: 'Below',
  },
  letter: {
    caption: 'The thirteen headings',
    heading: 'Heading',
    answer: 'What is ordered',
    empty: (heading: string): string => `Nothing is said under “${heading}”.`,
    headings: {
      nature: 'Nature',
      reason: 'Reason',
      purpose: 'Purpose',
      beneficiaries: 'Beneficiaries',
      attachment: 'Attachment',
      scope: 'Scope',
      actors: 'Actors',
      context: 'Context',
      initial_diagnosis: 'Initial diagnosis',
      feasibility: 'Feasibility',
      resistances: 'Resistances',
      drifts: 'Drifts',
      budget: 'Budget',
    },
  },
  budget: {
    lines: 'Lines of the budget',
    line: 'Line',
    amount: 'Amount',
    alt: (count: number, total: string): string => `Pie: the shares of ${count} lines in ${total}.`,
    split: 'Split',
    part: 'Part',
    parts: { fidelity: 'Fidelity', development: 'Development' } as Readonly<Record<string, string>>,
    agrees: (facts: {
      readonly name: string
      readonly lines: number
      readonly without: readonly string[]
      readonly stated: string
    }): string => {
      const lines =
        facts.lines === 1
          ? 'The line'
          : `The ${(names[facts.lines] ?? String(facts.lines)).toLowerCase()} lines`
      const without =
        facts.without.length === 0 ? '' : ` without ${facts.without.map((name) => `“${name}”`).join(', ')}`
      return `${lines}${without} ${facts.lines === 1 ? 'is' : 'are'} exactly ${facts.stated}, as stated (${facts.name}).`
    },
    differs: (facts: { readonly name: string; readonly stated: string; readonly sum: string }): string =>
      `“${facts.name}”: ${facts.stated} stated against ${facts.sum} by its lines.`,
    totals: (facts: { readonly itemised: string; readonly stated: string }): string =>
      `Itemised total ${facts.itemised}; stated total ${facts.stated}.`,
    detail: (facts: { readonly name: string; readonly detail: string; readonly amount: string }): string =>
      `“${facts.name}”: ${facts.detail} by its detail against ${facts.amount}.`,
    left: (facts: {
      readonly envelope: string
      readonly byLines: string
      readonly asStated: string | undefined
    }): string =>
      `Left of the envelope of ${facts.envelope}: ${facts.byLines} by lines${facts.asStated === undefined ? '' : `, ${facts.asStated} as stated`}.`,
    leftOver: 'Left of the envelope',
    changed: 'The pipeline has another budget by now: the next run publishes it.',
    gap: (gap: string): string => `Gap ${gap}.`,
    gapOfNine: (gap: string, ninth: string): string => `Gap ${gap} = 9 × ${ninth}:`,
    causes: {
      zero_too_many: 'probably one zero too many.',
      zero_too_few: 'probably one zero too few.',
      swapped_digits: 'probably two digits that were swapped.',
      nine: 'nine divides it, the sign of a slipped zero or of swapped digits.',
    },
  },
  campaign: {
    path: (path: string, days: number, end: string): string =>
      `Critical path ${path}: ${plural(days, 'working day', 'working days')}, ends on ${end}.`,
    margin: (date: string, days: number): string =>
      `The launch is fixed on ${date}: ${plural(days, 'working day', 'working days')} to spare.`,
    late: (date: string, days: number): string =>
      `The launch is fixed on ${date}: late by ${plural(days, 'working day', 'working days')}.`,
    changed: 'The pipeline has another plan by now: the next run publishes it.',
    gantt: 'Gantt chart',
    alt: (count: number, start: string, end: string): string =>
      `Gantt chart of ${count} tasks from ${start} to ${end}; those of the critical path are marked.`,
    tasks: 'Tasks',
    id: 'Id',
    task: 'Task',
    days: 'Days',
    after: 'After',
    start: 'Start',
    finish: 'End',
    lateFinish: 'Latest end',
    slack: 'Slack',
    critical: 'Critical',
    other: 'Not critical',
  },
  tree: {
    caption: 'Targets by activity and segment',
    alt: (kinds: number, leaves: number): string =>
      `Tree: all people, by ${plural(kinds, 'activity', 'activities')}, by ${plural(leaves, 'segment', 'segments')} in them, with their counts.`,
    places: (column: string): string => `Where the targets are: ${column}`,
    byActivityAlt: (column: string, first: string): string =>
      `Bars: people by ${column} and activity; most have ${first}.`,
    densest: (column: string): string => `Where the targets are densest: ${column}`,
    density: 'Per 10,000 inhabitants',
    densityOf: (column: string): string => `People per 10,000 inhabitants by ${column}`,
    densityAlt: (column: string, first: string): string =>
      `Bars: people per 10,000 inhabitants by ${column}; the densest is ${first}.`,
    densityNote: (size: number): string =>
      `Density is the number of targets per 10,000 inhabitants of the area; areas are in that order. Those with fewer than ${size} targets are among the others.`,
    placesNote:
      'No column says how many inhabitants an area has: areas are in the order of their number of targets.',
  },
  coverage: {
    caption: 'Rows with a value, by field and origin',
    field: 'Field',
    full: (fields: readonly string[]): string => `In every row: ${fields.join(', ')}.`,
    note: 'An empty text or an empty list is no value. Fields that an origin never has show 0 %.',
  },
  dashboard: {
    rates: 'Who was reached, and how far: people by what happened',
    happened: 'What happened',
    rate: 'Of all to whom something happened',
    cost: (total: string, each: string): string =>
      `The budget is ${total} by its lines: ${each} for each person of the report.`,
    returned: (sold: string, share: string): string =>
      `The offer has sold ${sold} up to the day of the report: ${share} of the budget.`,
    actions: {
      caption: 'What each action reached, cost and brought',
      campaign: 'Campaign',
      answers: 'Answered',
      rate: 'Rate',
      cost: 'Cost',
      each: 'Cost of an answer',
      buyers: 'Buyers',
      sales: (days: number): string => `Sales within ${days} days`,
      back: 'Sales ÷ cost',
      costNote: '–: the cost is not known of each action.',
      salesNote: (days: number): string =>
        `A purchase counts for the last action that reached the person in the ${days} days before, returns come off: none counts twice. What they would have bought without it is not known, so that this is no proof of what the action brought.`,
      open: (days: number, date: string): string =>
        `The ${days} days are not over for each action: sales are counted up to ${date}.`,
    },
    productSegments: 'Who has bought what: customers by product and segment',
    productSegmentsAlt: 'Heat map: customers who have bought each product, by segment.',
    byMonth: 'Sales of the last twelve months',
    byActivity: 'Sales by activity, all time',
    offers: (column: string): string => `What is proposed: ${column} by activity`,
    events: (side: string | undefined): string =>
      `What happened, month by month${side === undefined ? '' : `: ${side}`}`,
    eventsAlt: (side: string | undefined): string =>
      `Bars: people by month and by what was sent, done or said${side === undefined ? '' : `, on the side ${side}`}.`,
    eventsNote:
      'People, each counted once in a month, however often it happened. Bars of one month add up what happened, not people.',
    traits: (side: string | undefined): string =>
      `Who they are and what they did${side === undefined ? '' : `: ${side}`}`,
    trait: 'What is told',
    mean: 'Mean',
    traitsNote: (side: string | undefined): string =>
      `People of whom it is true, or who have it; the mean is of those.${side === undefined ? '' : ` Each person is on one side (${side}), as of the date of the report.`}`,
    interest: (side: string | undefined): string =>
      `Interested or not, and why${side === undefined ? '' : `: ${side}`}`,
    interestByMonth: (side: string | undefined): string =>
      `Interest as it was said, month by month${side === undefined ? '' : `: ${side}`}`,
    products: 'Sales by product in the last twelve months',
    bought: (column: string): string => `What was bought: ${column} by activity`,
    alt: 'Bars: sales month by month, by activity where it is known.',
    month: 'Month',
    purchases: 'Purchases',
    returns: 'Returns',
    returnsNote:
      'A return or credit note is no purchase: it is counted apart and comes off the sales; its customers are among the customers.',
    openMonth: (month: string, date: string): string => `${month} is not over: it is counted up to ${date}.`,
    sales: 'Sales',
  },
  stages: {
    caption: 'Rows of each stage',
    plugin: 'Plugin',
    in: 'In',
    out: 'Out',
    checks: 'Checks',
    check: 'Check',
    status: 'Status',
    statuses: { pass: 'passed', warn: 'warned', fail: 'failed' } as Readonly<Record<string, string>>,
  },
  warnings: {
    caption: 'What the run warned of',
    what: 'Warning',
    count: 'Rows',
    verdict: {
      sound: (stage: string): string => `${stage}: the model fits; it passed each of its checks.`,
      doubtful: (stage: string, told: readonly string[]): string => `${stage}: ${told.join('; ')}.`,
      silent: (stage: string): string => `${stage}: the model does not say what its fit is worth.`,
      tried: (facts: {
        readonly days: number
        readonly came: string
        readonly expected: string
        readonly error: string
        readonly errorOfMean: string
      }): string =>
        `Tried out on ${facts.days} days that it was not told: ${facts.expected} purchases expected, ${facts.came} came; mean squared error by customer ${facts.error}, ${facts.errorOfMean} for one mean for all.`,
    },
    /** By code; what is not here is told in the words of the plugin. */
    told: {
      texts_rewritten: 'texts were rewritten: odd spaces, and characters that nobody sees',
      after_as_of: 'rows are dated after the day of the report and count for nothing',
      segment_unknown: 'rows have no segment: it cannot be told',
      model_unfit: 'the data do not carry the model: it says nothing',
      fit_on_bound:
        'the model of buying lies on a bound: in that (who leaves, or how often one buys) it does not tell customers apart',
      not_better_than_mean:
        'on days that it was not told, the model does no better than one mean for all: it says nothing of one customer',
      holdout_unfit: 'too little came before the held-out days to try the model out',
      spending_unfit: 'the amounts do not carry a model of spending',
      spending_on_bound: 'the model of spending lies on its bounds',
      spending_without_spread:
        'customers differ in what they spend by no more than chance: each is given the mean of all',
      spending_without_mean: 'what customers spend differs so much that they have no common mean',
    } as Readonly<Record<string, string>>,
  },
}

/** What the report says, in one language. Names of columns, stages, segments and codes are not words: they stay. */
export type Words = typeof en
