import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ask, history, tiersPipeline } from './testing/history.ts'
import { findings } from './testing/outcome.ts'
import { TestProject } from './testing/project.ts'
import { report, written } from './testing/written-report.ts'

async function refused(project: TestProject, ...args: readonly string[]) {
  const ended = await project.run([...args, '--output', 'json'])
  expect(ended.err).not.toMatch(/\n\s+at /)
  const { error } = ended.json() as { readonly error: { readonly code: string; readonly hint: string } }
  expect(error.hint).toBeTruthy()
  return { exit: ended.exit, code: error.code }
}

const peopleOf = (rows: number): string =>
  `id,name,spent\n${Array.from({ length: rows }, (_, index) => `${index},n${index},${(index * 7) % 160}`).join('\n')}\n`

const segmentPipeline = (column: string): string => `pipeline: p
stages:
  raw: { uses: collect/csv, with: { path: people.csv, all_text: true } }
  segmented:
    uses: segment/rules
    from: raw
    with: { into: segment, rules: [{ name: "never", when: "false" }], otherwise: all }
marts:
  people:
    from: segmented
    key: [id]
    columns:
      ${column}: { meaning: segment }
`

describe('report', () => {
  it('writes one file with what the marts have, and leaves out what they have not', async () => {
    using project = new TestProject({ 'pipeline.yaml': tiersPipeline(), 'people.csv': peopleOf(40) })
    await history(project)
    const { page, written } = await report(project, 'p')
    expect(written.path).toBe(join(project.folder, 'out/p-report.html'))
    expect(readdirSync(join(project.folder, 'out'))).toEqual(['p-report.html'])
    expect(page.errors).toEqual([])
    expect(page.regions.length).toBeGreaterThan(page.sections.length)
    expect(page.regions).toEqual([...new Set(page.regions)])
    expect(written.sections.map(({ id }) => id)).toEqual(['summary', 'coverage', 'segments', 'stages'])
    expect(page.sections.map(({ id }) => id)).toEqual(written.sections.map(({ id }) => id))
  })

  it('shows who moved since the version before, and an older version when it is named', async () => {
    using project = new TestProject({ 'pipeline.yaml': tiersPipeline(), 'people.csv': peopleOf(40) })
    const first = await history(project)
    project.write('people.csv', peopleOf(40).replaceAll(/,\d+$/gm, ',120'))
    await history(project)
    const { page } = await report(project, 'p')
    const moved = page.tables.find(({ section }) => section === 'migration')!
    const people = moved.rows.map(([from, to, count]) => [from, to, count])
    expect(people.reduce((sum, [, , count]) => sum + Number(count), 0)).toBe(40)
    expect(new Set(people.map(([, to]) => to))).toEqual(new Set(['high']))
    const older = await report(project, 'p', '--run', first.slice(0, -1))
    expect(older.written.run).toBe(first)
    expect(older.page.sections.map(({ id }) => id)).not.toContain('migration')
  })

  it('shows who moved between two days only, never between two runs of one', async () => {
    using project = new TestProject({
      'pipeline.yaml': tiersPipeline().replace(
        'stages:\n',
        'params: { day: { type: date, default: 2025-01-31 } }\nas_of: "${param:day}"\nstages:\n',
      ),
      'people.csv': peopleOf(40),
    })
    const day = (on: string): Promise<unknown> => project.run(['run', '--param', `day=${on}`])
    await day('2025-01-31')
    project.write('people.csv', peopleOf(40).replaceAll(/,\d+$/gm, ',120'))
    await day('2025-01-31')
    const ids = async () => (await report(project, 'p')).written.sections.map(({ id }) => id)
    expect(await ids()).not.toContain('migration')
    await day('2025-02-28')
    project.write('people.csv', peopleOf(41).replaceAll(/,\d+$/gm, ',120'))
    await day('2025-02-28')
    const { page } = await report(project, 'p')
    expect(page.sections.map(({ id }) => id)).toContain('migration')
    expect(page.text).toContain('Compared with the version of 2025-01-31')
  })

  it('is about no rows where a mart has none', async () => {
    using project = new TestProject({
      'pipeline.yaml': tiersPipeline(),
      'people.csv': 'id,name,spent\n1,a,1\n',
    })
    project.write(
      'pipeline.yaml',
      tiersPipeline()
        .replace('from: raw,', 'from: none,')
        .replace(
          'stages:\n',
          'stages:\n  none: { uses: enrich/derive, from: raw, with: { where: "spent > 1000" } }\n',
        ),
    )
    await history(project)
    const { page } = await report(project, 'p')
    expect(page.errors).toEqual([])
    const [rows] = page.tables
    const figure = (column: string) => rows!.rows[0]![rows!.columns.findIndex((one) => one.column === column)]
    expect([figure('received'), figure('filtered'), figure('kept'), figure('gap')]).toEqual([
      '1',
      '1',
      '0',
      '0',
    ])
  })

  it('keeps hostile values as text, in tables, charts, SQL and Markdown', async () => {
    const hostile = [
      '<script>alert(1)</script>',
      '"><img src=x onerror=alert(1)>',
      "Robert'); drop table people;--",
      '| a | `b` |',
      '&lt;b&gt;',
      '\u202Ekcab',
    ]
    const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`
    const rows = hostile.flatMap((text, kind) =>
      Array.from({ length: 6 }, (_, index) => `${kind * 6 + index},${quoted(text)}`),
    )
    using project = new TestProject({
      'pipeline.yaml': segmentPipeline('"group ""of"" <b>"').replace(
        '"group ""of"" <b>"',
        '\'group "of" <b>\'',
      ),
      'people.csv': `id,${quoted('group "of" <b>')}\n${rows.join('\n')}\n`,
    })
    await history(project)
    const { page, source } = await report(project, 'p')
    expect(page.errors).toEqual([])
    expect(page.elements).not.toContain('script')
    expect(page.elements).not.toContain('img')
    expect(page.elements).not.toContain('b')
    expect(page.addresses.every((address) => address.startsWith('#'))).toBe(true)
    for (const text of hostile) expect(page.text).toContain(text)
    expect(source).not.toContain('<script')
    const { path } = await written(project, 'p', '--to', 'out/p.md')
    const markdown = readFileSync(path, 'utf8').replace(/^(`{3,})sql\n[\s\S]*?\n\1$/gm, '')
    expect(/<(script|img|b)\b/.exec(markdown)).toBeNull()
    for (const line of markdown.split('\n').filter((one) => one.startsWith('| ') && one.includes('alert')))
      expect(line.match(/(?<!\\)\|/g)!.length).toBeLessThanOrEqual(6)
  })

  it('sums up the rest of ten thousand segments', async () => {
    const rows = Array.from({ length: 10_000 }, (_, index) => `${index},s${index}`)
    const big = Array.from({ length: 30 }, (_, index) => `${10_000 + index},big`)
    using project = new TestProject({
      'pipeline.yaml': `${segmentPipeline('kind')}report: { top: 10, min_group: 1 }\n`,
      'people.csv': `id,kind\n${[...rows, ...big].join('\n')}\n`,
    })
    await history(project)
    const { page, source } = await report(project, 'p')
    const sizes = page.tables.find(({ caption }) => caption.includes('kind'))!
    expect(sizes.rows).toHaveLength(11)
    expect(sizes.rows.map(([name, people]) => [name, people])).toEqual(
      expect.arrayContaining([
        ['big', '30'],
        ['(others)', '9,991'],
      ]),
    )
    expect(source.length).toBeLessThan(300_000)
  })

  it('never shows a group below the limit, nor what would give it away', async () => {
    using project = new TestProject({
      'pipeline.yaml': segmentPipeline('kind'),
      'people.csv': `id,kind\n${Array.from({ length: 30 }, (_, index) => `${index},${index < 2 ? 'few' : index < 9 ? 'some' : 'many'}`).join('\n')}\n`,
    })
    await history(project)
    const { page } = await report(project, 'p')
    const sizes = page.tables.find(({ caption }) => caption.includes('kind'))!
    expect(sizes.rows).toEqual([
      ['many', '21', '70.0%'],
      ['some', '…', '…'],
      ['few', '<5', '<5'],
    ])
  })

  it('writes numbers and dates as the French do', async () => {
    using project = new TestProject({
      'pipeline.yaml': `${tiersPipeline('as_of: 2014-05-23\nlocale: fr\n')}report: { currency: EUR }
budget: { currency: EUR, envelope: 2000, lines: { a: { name: Un, amount: 1234.56 } } }
`,
      'people.csv': peopleOf(1500),
    })
    await history(project)
    const { page } = await report(project, 'p')
    expect(page.lang).toBe('fr')
    const text = page.text.replaceAll(/\s/g, ' ')
    expect(text).toContain('1 234,56 €')
    expect(text).toContain('Au : 23/05/2014')
    expect(page.tables[0]!.rows[0]![0]!.replace(/\s/, ' ')).toBe('1 500')
    const english = await report(project, 'p', '--locale', 'en')
    expect(english.page.text).toContain('€1,234.56')
  })

  it('says in French which bound a refused row broke, as the contract has it', async () => {
    using project = new TestProject({
      'pipeline.yaml': `pipeline: p
locale: fr
stages:
  raw: { uses: collect/csv, with: { path: people.csv, all_text: true } }
  held:
    uses: clean/contract
    from: raw
    with:
      columns:
        id: { type: text, pattern: "\\\\d{1,2}" }
        age: { type: integer, min: 18, below: 120 }
        spent: { type: "decimal(18,2)", above: 0.5, max: 99.75 }
        since: { type: date, min: 2014-05-23 }
marts: { people: { from: held } }
`,
      'people.csv': [
        'id,age,spent,since',
        '1,20,1,2014-05-23',
        '2,17,1,2014-05-23',
        '3,120,1,2014-05-23',
        '4,20,0.5,2014-05-23',
        '5,20,100,2014-05-23',
        '6,20,1,2014-05-22',
        'abc,20,1,2014-05-23',
        '',
      ].join('\n'),
    })
    await history(project)
    const { page } = await report(project, 'p')
    const reasons = page.tables.find(({ caption }) => caption === 'Lignes rejetées par motif')!
    expect(reasons.rows.map(([, column, text]) => [column, text]).sort()).toEqual([
      ['age', 'pas au-dessous de 120'],
      ['age', 'plus petit que 18'],
      ['id', 'pas de la forme \\d{1,2}'],
      ['since', 'plus petit que 23/05/2014'],
      ['spent', 'pas au-dessus de 0,5'],
      ['spent', 'plus grand que 99,75'],
    ])
  })

  it('reports a pipeline of one stage', async () => {
    using project = new TestProject({
      'pipeline.yaml': `pipeline: p
stages: { raw: { uses: collect/csv, with: { path: people.csv } } }
marts: { people: { from: raw, key: [id] } }
`,
      'people.csv': peopleOf(10),
    })
    await history(project)
    const { page } = await report(project, 'p')
    expect(page.tables[0]!.rows[0]).toEqual(['10', '0', '0', '0', '10', '10', '0'])
  })

  it('refuses what it cannot do, and says what to do', async () => {
    using project = new TestProject({ 'pipeline.yaml': tiersPipeline(), 'people.csv': peopleOf(10) })
    expect(await refused(project, 'report', 'p')).toEqual({ exit: 1, code: 'mart_missing' })
    await history(project)
    expect(await refused(project, 'report', 'p', '--to', 'out/p.pdf')).toEqual({
      exit: 2,
      code: 'report_format_unknown',
    })
    expect(await refused(project, 'report', 'p', '--run', 'nope')).toEqual({
      exit: 2,
      code: 'version_unknown',
    })
    expect(existsSync(join(project.folder, 'out'))).toBe(false)
    project.write('taken.html/file', '')
    expect(await refused(project, 'report', 'p', '--to', 'taken.html')).toEqual({
      exit: 2,
      code: 'report_is_folder',
    })
    expect(await refused(project, 'report', 'p', '--to', 'pipeline.yaml/a.html')).toEqual({
      exit: 1,
      code: 'not_writable',
    })
    expect(readdirSync(project.folder).filter((name) => name.endsWith('.part'))).toEqual([])
  })

  it('finds errors and warnings of plan, budget and order letter at their places', async () => {
    using project = new TestProject({ 'people.csv': peopleOf(10) })
    const validated = async (more: string) => {
      project.write('pipeline.yaml', `${tiersPipeline()}${more}`)
      return await project.run(['validate', 'pipeline.yaml', '--output', 'json'])
    }
    const broken = findings(
      await validated(`report: { main: poeple, sections: [rfm, { section: rfm }] }
plan:
  start: 2014-02-30
  tasks:
    a: { name: first, days: 1, after: [b] }
    b: { name: next, days: 1, after: [a, c] }
budget:
  lines: { x: { name: X, amount: 1.005 } }
  split: { fidelity: 80, development: 10 }
`),
    )
    expect(broken.map(({ code, line }) => [code, line])).toEqual([
      ['mart_unknown', 6],
      ['section_repeated', 6],
      ['date_invalid', 8],
      ['plan_cycle', 10],
      ['task_unknown', 11],
      ['amount_invalid', 13],
      ['split_not_100', 14],
    ])
    const warned = await validated(`budget:
  lines: { x: { name: X, amount: 5000 } }
  stated: [{ name: X, amount: 50000, of: [x] }]
order_letter: { nature: a launch, reason: "" }
`)
    expect(warned.exit, warned.out).toBe(0)
    const { diagnostics } = warned.json() as {
      readonly diagnostics: readonly {
        readonly code: string
        readonly severity: string
        readonly line: number
      }[]
    }
    expect(diagnostics[0]).toMatchObject({
      code: 'budget_sum_differs',
      severity: 'warning',
      line: 8,
      column: 31,
    })
    expect(diagnostics.filter(({ code }) => code === 'heading_empty')).toHaveLength(12)
  })

  it('runs no step when plan, budget or report change; plan and budget are published anew', async () => {
    using project = new TestProject({ 'pipeline.yaml': tiersPipeline(), 'people.csv': peopleOf(10) })
    const before = await history(project)
    const told = (): Promise<readonly unknown[]> =>
      ask(
        project,
        "select table_name, comment from duckdb_tables() where schema_name = 'sillage' and (table_name like 'plan%' or table_name like 'budget%') order by 1",
      )
    expect(await told()).toEqual([])
    const changed = async (more: string): Promise<string> => {
      project.write('pipeline.yaml', `${tiersPipeline()}${more}`)
      const { steps } = (await project.run(['plan', '--output', 'json'])).json() as {
        readonly steps: readonly { readonly action: string }[]
      }
      expect(new Set(steps.map(({ action }) => action))).toEqual(new Set(['reuse']))
      return await history(project)
    }
    const title = 'report: { title: Other }\n'
    expect(await changed(title)).toBe(before)
    const budget = `${title}budget: { lines: { a: { name: "L'un", amount: 1.05 } }, split: { all: 100 } }\n`
    const second = await changed(budget)
    expect(second).not.toBe(before)
    expect(await changed(budget)).toBe(second)
    const tables = (await told()) as readonly { readonly table_name: string; readonly comment: string }[]
    expect(tables.map(({ table_name }) => table_name)).toEqual([
      'budget',
      'budget_details',
      'budget_lines',
      'budget_split',
      'budget_stated',
    ])
    expect(tables.every(({ comment }) => comment.endsWith('.'))).toBe(true)
    const undescribed = `select column_name from duckdb_columns() where schema_name = 'sillage' and (table_name like 'plan%' or table_name like 'budget%') and comment is null`
    expect(await ask(project, undescribed)).toEqual([])
    expect(await ask(project, 'select * from sillage.budget_lines')).toEqual([
      { line: 'a', name: "L'un", amount: '1.05' },
    ])
    const plan =
      'plan: { start: 2014-05-12, tasks: { a: { name: A, days: 3 }, b: { name: B, days: 2, after: [a] } } }\n'
    const third = await changed(budget + plan)
    expect(third).not.toBe(second)
    expect(await ask(project, 'select id, finish, critical from sillage.plan_tasks order by id')).toEqual([
      { id: 'a', finish: '2014-05-14', critical: true },
      { id: 'b', finish: '2014-05-16', critical: true },
    ])
  })

  it('tells the plan and budget that were published, and says so where the pipeline has others by now', async () => {
    const budget = (amount: number): string =>
      `${tiersPipeline()}budget: { lines: { a: { name: A, amount: ${amount} } } }\n`
    using project = new TestProject({ 'pipeline.yaml': budget(5), 'people.csv': peopleOf(10) })
    await history(project)
    expect((await report(project, 'p')).page.findings).toEqual([])
    project.write('pipeline.yaml', budget(7))
    const { page } = await report(project, 'p')
    expect(page.findings).toEqual(['The pipeline has another budget by now: the next run publishes it.'])
    expect(page.tables.find(({ caption }) => caption === 'Lines of the budget')!.rows[0]).toEqual([
      'A',
      '€5.00',
      '100.0%',
    ])
    await history(project)
    expect((await report(project, 'p')).page.findings).toEqual([])
  })
})
