import type { Session } from '@sillage/duckdb'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isHidden } from './cell.ts'
import { makeReport } from './make-report.ts'
import type { ReportOptions } from './options.ts'
import type { Block, Report } from './report.ts'
import { withSmallMart } from './testing/small-mart.ts'

const reportOf = (session: Session, sections: ReportOptions['sections'], more: Partial<ReportOptions> = {}) =>
  makeReport({ session, locale: 'en', choices: { sections, ...more } })

function block<K extends Block['kind']>(
  report: Report,
  kind: K,
  place = 0,
): Extract<Block, { readonly kind: K }> {
  const found = report.sections.flatMap(({ blocks }) => blocks).filter((one) => one.kind === kind)
  return found[place] as Extract<Block, { readonly kind: K }>
}

const customers = (values: readonly number[]) => ({
  customers: {
    columns: [
      { name: 'id', type: 'INTEGER', key: true },
      { name: 'spent', type: 'DECIMAL(18,2)', meaning: 'monetary' },
    ],
    rows: values.map((value, id) => [id, value] as const),
  },
})

/** Gini by its definition: the mean difference of all pairs over twice the mean. */
function gini(values: readonly number[]): number {
  const total = values.reduce((sum, value) => sum + value, 0)
  const apart = values.flatMap((a) => values.map((b) => Math.abs(a - b))).reduce((sum, one) => sum + one, 0)
  return apart / (2 * values.length * total)
}

describe('value', () => {
  it('has the share of the top fifth, Gini and the Lorenz curve as their definitions say', async () => {
    const lists = fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 5, maxLength: 25 })
    await fc.assert(
      fc.asyncProperty(
        lists.filter((values) => values.some((value) => value > 0)),
        async (values) => {
          await withSmallMart(customers(values), async (session) => {
            const report = await reportOf(session, [{ section: 'value' }], { min_group: 1 })
            const figures = new Map(
              block(report, 'figures').figures.map(({ column, value }) => [column, value]),
            )
            const sorted = [...values].sort((a, b) => b - a)
            const total = values.reduce((sum, value) => sum + value, 0)
            const top = sorted
              .slice(0, Math.ceil(values.length * 0.2 - 1e-9))
              .reduce((sum, value) => sum + value, 0)
            expect(figures.get('top_fifth')).toBeCloseTo(top / total, 9)
            expect(figures.get('gini')).toBeCloseTo(gini(values), 5)
            const { chart } = block(report, 'chart', 1)
            if (chart.kind !== 'curve') throw new Error('no curve')
            expect(chart.points[0]).toEqual([0, 0])
            expect(chart.points.at(-1)![1]).toBeCloseTo(1, 9)
            for (const [share, of] of chart.points) {
              const poorest = sorted.slice(values.length - Math.round(share * values.length))
              expect(of).toBeCloseTo(poorest.reduce((sum, value) => sum + value, 0) / total, 9)
            }
          })
        },
      ),
      { numRuns: 25 },
    )
  })
})

describe('cohorts', () => {
  it('counts who of the first period bought again', async () => {
    const day = (customer: number, at: string, amount = 1) => [customer, at, amount] as const
    const purchases = {
      columns: [
        { name: 'customer', type: 'INTEGER', meaning: 'customer' },
        { name: 'day', type: 'DATE', meaning: 'purchase_at' },
        { name: 'amount', type: 'INTEGER', meaning: 'purchase_amount' },
      ],
      rows: [
        ...Array.from({ length: 10 }, (_, customer) => day(customer, '2014-01-15')),
        ...Array.from({ length: 6 }, (_, customer) => day(customer, '2014-02-01')),
        ...Array.from({ length: 6 }, (_, customer) => day(customer, '2014-02-28')),
        ...Array.from({ length: 7 }, (_, customer) => day(20 + customer, '2014-02-03')),
        ...Array.from({ length: 5 }, (_, customer) => day(20 + customer, '2014-04-03')),
        ...Array.from({ length: 2 }, (_, customer) => day(customer, '2014-03-31')),
        ...Array.from({ length: 9 }, (_, customer) => day(customer, '2014-03-31', -1)),
      ],
    }
    await withSmallMart({ purchases }, async (session) => {
      const { rows } = block(await reportOf(session, [{ section: 'cohorts' }]), 'table')
      expect(rows).toEqual([
        ['2014-01', 10, 0.6, { below: 5 }, 0],
        ['2014-02', 7, 0, 5 / 7, null],
      ])
    })
  })
})

describe('dashboard', () => {
  it('sums doubles exactly, by month and activity', async () => {
    const purchases = {
      columns: [
        { name: 'customer', type: 'INTEGER', meaning: 'customer' },
        { name: 'month', type: 'DATE', meaning: 'purchase_at' },
        { name: 'sales', type: 'DOUBLE', meaning: 'purchase_amount' },
        { name: 'people', type: 'VARCHAR', meaning: 'activity' },
      ],
      rows: Array.from({ length: 30 }, (_, customer) => [
        customer,
        customer < 20 ? '2014-01-31' : '2014-02-28',
        0.1,
        customer % 2 === 0 ? 'even' : 'odd',
      ]),
    }
    await withSmallMart({ purchases }, async (session) => {
      const report = await reportOf(session, [{ section: 'dashboard' }])
      expect(block(report, 'table').rows).toEqual([
        ['2014-01', 20, 20, 2, 1, 1],
        ['2014-02', 10, 10, 1, 0.5, 0.5],
      ])
      expect(block(report, 'table', 1).rows).toEqual([
        ['even', 15, 15, 1.5],
        ['odd', 15, 15, 1.5],
        ['Total', 30, 30, 3],
      ])
    })
  })
})

describe('sales with returns, in a month that goes on', () => {
  const purchases = {
    columns: [
      { name: 'customer', type: 'INTEGER', meaning: 'customer' },
      { name: 'day', type: 'DATE', meaning: 'purchase_at' },
      { name: 'amount', type: 'DECIMAL(12,2)', meaning: 'purchase_amount' },
    ],
    rows: [
      ...Array.from({ length: 8 }, (_, customer) => [customer, '2014-03-10', 10] as const),
      ...Array.from({ length: 6 }, (_, customer) => [customer, '2014-05-10', 10] as const),
      [0, '2014-05-11', -4] as const,
    ],
  }

  it('counts returns apart, has a month without sales in the chart, and says that the last is not over', async () => {
    await withSmallMart({ purchases }, async (session) => {
      const report = await reportOf(session, [{ section: 'dashboard' }])
      expect(block(report, 'table').columns.map(({ title }) => title)).toEqual([
        'Month',
        'Purchases',
        'Returns',
        'Customers',
        'Sales',
      ])
      expect(block(report, 'table').rows.map((row) => row.map(String))).toEqual([
        ['2014-03', '8', '0', '8', '80.00'],
        ['2014-05', '6', '1', '6', '56.00'],
      ])
      const { chart } = block(report, 'chart')
      if (chart.kind !== 'bars') throw new Error('no bars')
      expect(chart.categories).toEqual(['2014-03', '2014-04', '2014-05'])
      expect(chart.series[0]!.values).toEqual([80, 0, 56])
      expect(block(report, 'prose').text).toMatch(/counted apart.*2014-05 is not over: .* up to 2014-05-23/)
    })
  })
})

describe('labels', () => {
  it('stand for columns, values, segments and checks, with the value that the SQL gives behind them', async () => {
    const tables = {
      people: {
        columns: [
          { name: 'id', type: 'INTEGER', key: true },
          { name: 'segment', type: 'VARCHAR', meaning: 'segment' },
          { name: 'kind', type: 'VARCHAR', meaning: 'activity' },
        ] as const,
        rows: Array.from({ length: 20 }, (_, id) => [
          id,
          id < 8 ? 'a_b' : 'other',
          id % 2 ? 'x' : 'constructor',
        ]),
      },
    }
    await withSmallMart(tables, async (session) => {
      await session.run("insert into sillage.checks values ('people', 'my check', 'pass', 'error', 0)")
      const report = await makeReport({
        session,
        locale: 'en',
        choices: { sections: [{ section: 'target_tree' }, { section: 'stages' }] },
        labels: {
          columns: { segment: 'Group' },
          segments: { a_b: 'A to B' },
          values: { kind: { x: 'The X' }, other: 'The rest' },
          checks: { 'my check': 'All is well' },
          stages: { people: 'Persons' },
        },
      })
      const tree = block(report, 'table')
      expect(tree.columns.map(({ title }) => title)).toEqual(['kind', 'Group', 'People', 'Share'])
      expect(new Set(tree.rows.map(([kind]) => kind))).toEqual(new Set(['The X', 'constructor']))
      expect(new Set(tree.rows.map(([, group]) => group))).toEqual(new Set(['A to B', 'The rest']))
      expect(tree.columns[1]!.values).toEqual(
        new Map([
          ['A to B', 'a_b'],
          ['The rest', 'other'],
        ]),
      )
      expect(block(report, 'table', 2).rows).toEqual([['Persons', 'All is well', 'passed']])
    })
  })
})

describe('summary', () => {
  it('counts rows that two branches read twice, and still has no gap', async () => {
    await withSmallMart(customers([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), async (session) => {
      for (const statement of [
        "update sillage.steps set stage = 'raw', rows_out = 10",
        "update sillage.lineage set stage = 'raw'",
        "insert into sillage.steps values ('low', 'enrich/derive', 'run', 10, 4, 0, 0, 6, 0), ('high', 'clean/contract', 'run', 10, 7, 3, 0, 0, 0), ('customers', 'clean/dedupe', 'run', 11, 10, 0, 1, 0, 0)",
        "insert into sillage.lineage values ('low', 'enrich/derive', 'input', 'raw'), ('high', 'clean/contract', 'input', 'raw'), ('customers', 'clean/dedupe', 'input', 'low'), ('customers', 'clean/dedupe', 'input', 'high'), ('customers', 'clean/dedupe', 'right', 'raw')",
      ])
        await session.run(statement)
      const { figures } = block(await reportOf(session, [{ section: 'summary' }]), 'figures')
      expect(Object.fromEntries(figures.map(({ column, value }) => [column, value]))).toEqual({
        received: 10,
        rejected: 3,
        merged: 1,
        filtered: 6,
        copied: 10,
        kept: 10,
        published: 10,
        gap: 0,
      })
    })
  })
})

describe('small groups', () => {
  it('no table of a report shows a figure about fewer people than the limit, whatever the columns are called', async () => {
    const people = fc.array(
      fc.record({ kind: fc.nat(3), segment: fc.nat(4), place: fc.nat(5), spent: fc.nat(99) }),
      { minLength: 1, maxLength: 60 },
    )
    await fc.assert(
      fc.asyncProperty(people, async (list) => {
        const table = {
          columns: [
            { name: 'id', type: 'INTEGER', key: true },
            { name: 'people', type: 'VARCHAR', meaning: 'activity' },
            { name: 'share', type: 'VARCHAR', meaning: 'segment' },
            { name: 'value', type: 'VARCHAR', meaning: 'place' },
            { name: 'spent', type: 'INTEGER', meaning: 'monetary' },
          ],
          rows: list.map(({ kind, segment, place, spent }, id) => [
            id,
            `k${kind}`,
            `s${segment}`,
            `p${place}`,
            spent,
          ]),
        }
        await withSmallMart({ people: table }, async (session) => {
          const report = await reportOf(session, [
            { section: 'segments' },
            { section: 'target_tree' },
            { section: 'value' },
          ])
          for (const section of report.sections)
            for (const one of section.blocks) {
              if (one.kind !== 'table') continue
              for (const [place, { column }] of one.columns.entries())
                if (column === 'people' || column?.startsWith('kind_'))
                  for (const row of one.rows) {
                    const cell = row[place]!
                    expect(isHidden(cell) || Number(cell) === 0 || Number(cell) >= 5).toBe(true)
                  }
            }
        })
      }),
      { numRuns: 25 },
    )
  })
})

describe('target tree', () => {
  it('puts the densest areas first, and sums up those of which the order would tell how few are there', async () => {
    const area = (name: string | null, inhabitants: number | null, people: number, from: number) =>
      Array.from({ length: people }, (_, index) => [from + index, 'inn', name, inhabitants])
    const people = {
      columns: [
        { name: 'id', type: 'INTEGER', key: true },
        { name: 'trade', type: 'VARCHAR', meaning: 'activity' },
        { name: 'area', type: 'VARCHAR', meaning: 'place' },
        { name: 'inhabitants', type: 'BIGINT', meaning: 'place_population' },
      ],
      rows: [
        ...area('town', 1_000_000, 20, 0),
        ...area('village', 5000, 6, 100),
        ...area('hamlet', 100, 4, 200),
        ...area('farm', 10, 3, 250),
        ...area(null, null, 9, 300),
      ],
    }
    await withSmallMart({ people }, async (session) => {
      const report = await reportOf(session, [{ section: 'target_tree' }])
      const { rows, columns } = block(report, 'table')
      expect(columns[3]!.title).toBe('Per 10,000 inhabitants')
      expect(rows.map(([name, count, , density]) => [name, count, density])).toEqual([
        ['village', 6, 12],
        ['town', 20, 0.2],
        ['–', 9, null],
        ['(others)', 4 + 3, null],
      ])
    })
  })
})

describe('model', () => {
  it('shows what was expected of held-out days beside what came, and nothing of groups of few', async () => {
    const group = (repeats: number, customers: number, purchases: number, expected: number) => ({
      repeat_purchases: repeats,
      or_more: repeats === 7,
      customers,
      purchases,
      purchases_expected: expected,
    })
    const model = {
      buying: { name: 'bg-nbd' },
      holdout: {
        days: 91,
        known_to: '2014-02-21',
        groups: [group(0, 10, 5, 4), group(1, 4, 3, 2), group(7, 8, 20, 21)],
      },
    }
    await withSmallMart(customers([1]), async (session) => {
      await session.run(
        `insert into sillage.models values ('worth', 'r1', '${JSON.stringify(model)}'), ('other', 'r1', '{"r": 0.5}')`,
      )
      const report = await reportOf(session, [{ section: 'model' }])
      const hidden = { withheld: true }
      expect(block(report, 'table').rows).toEqual([
        ['0', 10, 0.5, 0.4],
        ['1', { below: 5 }, { below: 5 }, { below: 5 }],
        ['7+', hidden, hidden, hidden],
      ])
      const { chart } = block(report, 'chart')
      expect(chart).toMatchObject({ kind: 'bars', beside: true, series: [{ values: [0.5, null, null] }, {}] })
      expect(block(report, 'table', 1).rows.map(([stage, fact]) => [stage, fact])).toEqual([
        ['other', 'r'],
        ['worth', 'Model of buying'],
        ['worth', 'Days held out'],
        ['worth', 'Known up to, for the trial'],
      ])
    })
  })
})

describe('the verdict on a model', () => {
  const finding = (code: string, holds: boolean) => ({ code, check: code, holds, found: 0, message: code })
  const trial = {
    days: 91,
    purchases: 243,
    purchases_expected: 217.48,
    mean_squared_error: 1.1047,
    mean_squared_error_of_mean: 1.6997,
  }

  it.each([
    ['fits', { findings: [finding('fit_on_bound', true)] }, /the model fits/, /le modèle convient/],
    [
      'lies on a bound',
      { findings: [finding('fit_on_bound', false)], holdout: trial },
      /lies on a bound.*Tried out on 91 days .* 217 purchases expected, 243 came; .* 1.105, 1.7 for one mean/,
      /touche une borne.*Éprouvé sur 91 jours.*\s: 217 achats prévus, 243 constatés\s; .* 1,105, contre 1,7 /,
    ],
    [
      'does not beat the mean',
      { findings: [finding('not_better_than_mean', false)] },
      /no better than one mean for all/,
      /pas mieux qu’une moyenne pour tous/,
    ],
    [
      'is without spread',
      { findings: [finding('spending_without_spread', false)] },
      /by no more than chance/,
      /pas plus que par hasard/,
    ],
    [
      'is not carried by the data',
      { findings: [finding('model_unfit', false)] },
      /the data do not carry the model/,
      /les données ne suffisent pas au modèle/,
    ],
    ['says nothing of itself', { r: 0.5 }, /does not say what its fit is worth/, /ne dit pas ce que vaut/],
  ])('is in words where it %s', async (_, model, english, french) => {
    await withSmallMart(customers([1]), async (session) => {
      await session.run(`insert into sillage.models values ('worth', 'r1', '${JSON.stringify(model)}')`)
      for (const [locale, words] of [
        ['en', english],
        ['fr', french],
      ] as const) {
        const report = await makeReport({ session, locale, choices: { sections: [{ section: 'model' }] } })
        expect(block(report, 'findings').items.map(({ text }) => text)).toEqual([
          expect.stringMatching(words),
        ])
      }
    })
  })
})

describe('lifetime value', () => {
  const worth = (value: (id: number) => number | null) => ({
    customers: {
      columns: [
        { name: 'id', type: 'INTEGER', key: true },
        { name: 'spent', type: 'DECIMAL(9,2)', meaning: 'monetary' as const },
        { name: 'segment', type: 'VARCHAR', meaning: 'segment' as const },
        { name: 'treatment', type: 'VARCHAR', meaning: 'treatment' as const },
        { name: 'worth', type: 'DOUBLE', meaning: 'lifetime_value' as const },
      ],
      rows: Array.from({ length: 23 }, (_, id) => [
        id,
        10,
        id < 9 ? 'warm' : id < 20 ? 'cold' : 'few',
        't',
        value(id),
      ]),
    },
  })
  const text = ({ sections }: Awaited<ReturnType<typeof reportOf>>): string =>
    sections[0]!.blocks
      .flatMap((one) =>
        one.kind === 'prose' ? [one.text] : one.kind === 'findings' ? one.items.map((item) => item.text) : [],
      )
      .join(' ')

  it('is told by segment, and of nobody where they are too few', async () => {
    await withSmallMart(
      worth((id) => (id === 0 ? null : id < 9 ? 100.5 : 1)),
      async (session) => {
        const report = await reportOf(session, [{ section: 'value' }])
        const tables = report.sections[0]!.blocks.filter((one) => one.kind === 'table')
        const last = tables.at(-1)!
        expect(last.caption).toBe('What is expected of each segment: worth')
        expect(last.rows.map(([name]) => name)).toEqual(['warm', 'cold', 'few'])
        expect(last.rows[2]).toEqual(['few', { below: 5 }, { below: 5 }, { below: 5 }])
        expect(text(report)).toContain('A forecast')
      },
    )
  })

  it('is said not to be told where the model gives it for nobody, with the verdict that says why', async () => {
    await withSmallMart(
      worth(() => null),
      async (session) => {
        await session.run(
          `insert into sillage.models values ('worth', 'r1', '{"findings": [{"code": "model_unfit", "check": "c", "holds": false, "found": 0, "message": "m"}]}')`,
        )
        const report = await reportOf(session, [{ section: 'value' }])
        expect(text(report)).toMatch(/the data do not carry the model.*the model gives it for nobody/)
      },
    )
  })
})

describe('what a run found', () => {
  const findings = [
    { code: 'fit_on_bound', check: 'c', holds: true, found: 0, message: 'm' },
    { code: 'not_better_than_mean', check: 'd', holds: false, found: 0, message: 'm' },
    { code: 'own_finding', check: 'e', holds: false, found: 0, message: 'its own words' },
  ]

  it('says in words what each model is worth, and draws no probabilities where there are none', async () => {
    const tables = {
      customers: {
        columns: [
          { name: 'id', type: 'INTEGER', key: true },
          { name: 'alive', type: 'DOUBLE', meaning: 'probability_alive' as const },
        ],
        rows: Array.from({ length: 12 }, (_, id) => [id, null]),
      },
    }
    await withSmallMart(tables, async (session) => {
      await session.run(
        `insert into sillage.models values ('worth', 'r1', '${JSON.stringify({ findings })}'), ('sound', 'r1', '${JSON.stringify({ findings: findings.slice(0, 1) })}')`,
      )
      const report = await reportOf(session, [{ section: 'model' }])
      const { items } = block(report, 'findings')
      expect(items.map(({ warns }) => warns)).toEqual([false, true])
      expect(items[0]!.text).toContain('sound: the model fits; it passed each of its checks')
      expect(items[1]!.text).toMatch(/^worth: .*no better than one mean for all.*; its own words\.$/)
      expect(block(report, 'chart')).toBeUndefined()
    })
  })

  it('lists what the run warned of, with counts, in the words of the report', async () => {
    await withSmallMart(customers([1]), async (session) => {
      await session.run(
        "create table sillage.warnings as select * from (values ('rfm', 'after_as_of', 'm', 'h', 12::bigint), ('own', 'odd', 'its own words', null, null)) t(stage, code, message, hint, count)",
      )
      const report = await reportOf(session, [{ section: 'stages' }])
      expect(block(report, 'table', 1).rows).toEqual([
        ['rfm', 'rows are dated after the day of the report and count for nothing', 12],
        ['own', 'its own words', null],
      ])
    })
  })
})

describe('migration', () => {
  it('shows no more pairs than ten times the longest list, and says how many are left out', async () => {
    const cells = Array.from({ length: 250 }, (_, index) => ({
      kind: 'moved' as const,
      from: `a${index % 50}`,
      to: `b${index}`,
      rows: 10,
    }))
    await withSmallMart(customers([1]), async (session) => {
      const report = await makeReport({
        session,
        locale: 'en',
        choices: { sections: [{ section: 'migration' }] },
        before: async () => ({ run: 'r0', path: 'r0.duckdb', migrations: [{ column: 'segment', cells }] }),
      })
      expect(block(report, 'table').rows).toHaveLength(200)
      expect(block(report, 'chart')).toBeUndefined()
      expect(block(report, 'prose', 1).text).toBe('50 more pairs not shown.')
    })
  })
})

describe('openMart', () => {
  it('refuses a mart that does not say what its columns mean', async () => {
    await withSmallMart(customers([1]), async (session) => {
      await session.run('alter table sillage.columns drop column meaning')
      await expect(reportOf(session, [])).rejects.toMatchObject({ code: 'mart_too_old' })
    })
  })
})
