import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { expectSoundReport, readReport } from '../testing/read-report.ts'
import { expectRows, query, type RunDocument, runPipeline, sillage } from '../testing/run-pipeline.ts'

const out = new URL('../../out/josx-launch/', import.meta.url)
const truth = '.sillage/datasets/josx-2014/truth.csv'

describe('josx-launch', () => {
  it('finds who is who, refuses who cannot be reached, and gives each person one segment', async () => {
    const run = await runPipeline('josx-launch')
    expect(run.status, JSON.stringify(run.error)).toBe('succeeded')
    const step = (stage: string) => run.steps.find((one) => one.stage === stage)!
    expect(step('billing').rows_out).toBe(2300)
    expect(step('contacts')).toMatchObject({ rows_in: 2400, rejected: 119 })
    expect(
      await query('josx-launch', 'select stage, code, rows from sillage.rejects order by rows desc'),
    ).toEqual([
      { stage: 'contacts', code: 'no_contact_point', rows: 109 },
      { stage: 'events_of', code: 'unmatched', rows: 43 },
      { stage: 'contacts', code: 'no_name', rows: 10 },
    ])
    expectRows(
      await query(
        'josx-launch',
        'select segment, treatment, actions, count(*) as people from people group by all order by segment',
      ),
      import.meta.url,
      'segments.csv',
    )
  })

  it('agrees with the truth of the generator', async () => {
    const known = `read_csv('${truth}', all_varchar = true)`
    const [clients] = await query(
      'josx-launch',
      `select count(*) as n, count(*) filter (where p.segment = t.segment) as right from people p join ${known} t using (contact_id) where t.source = 'facturation'`,
    )
    expect(clients).toEqual({ n: 640, right: 640 })
    const [merged] = await query(
      'josx-launch',
      `with pairs as (select contact_id, unnest(doublons) as other from people),
       judged as (select a.person_id = b.person_id as same from pairs join ${known} a on a.contact_id = pairs.contact_id join ${known} b on b.contact_id = pairs.other)
       select count(*) as merged, count(*) filter (where same) as truly from judged`,
    )
    expect(merged!.merged).toBe(339)
    expect(Number(merged!.truly) / 339).toBeGreaterThan(0.97)
  })

  it('writes one list per action, with no letter that begins with "Cher null", and nobody against consent', async () => {
    const lists = readdirSync(out).sort()
    expect(lists).toEqual([
      'appels.csv',
      'flyers.csv',
      'mailing-clients.csv',
      'mailing-domaines.csv',
      'mailing-particuliers.csv',
      'mailing-restaurateurs.csv',
      'offres.csv',
      'rendez-vous.csv',
      'salons.csv',
      'visites.csv',
    ])
    for (const list of lists) {
      const text = readFileSync(new URL(list, out), 'utf8')
      expect(text, list).not.toMatch(/Cher null/i)
      expect(text.startsWith('\uFEFFcontact_id;'), list).toBe(true)
    }
    const called = readFileSync(new URL('appels.csv', out), 'utf8')
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split(';')[0]!)
    const [against] = await query(
      'josx-launch',
      `select count(*) as n from people where contact_id in (${called.map((id) => `'${id}'`).join(', ')}) and not coalesce(consentement_tel, false)`,
    )
    expect(against).toEqual({ n: 0 })
    const optedOut = await query(
      'josx-launch',
      'select contact_id from people where desinscrit_le is not null',
    )
    expect(optedOut.length).toBeGreaterThan(10)
    for (const list of ['offres.csv', 'salons.csv']) {
      const written = readFileSync(new URL(list, out), 'utf8')
      expect(optedOut.filter(({ contact_id }) => written.includes(`${String(contact_id)};`))).toEqual([])
    }
    const letters = readFileSync(new URL('mailing-domaines.csv', out), 'utf8')
    expect(letters).toContain('Une cave écologique à la taille de votre production')
  })

  it('tells as many to contact as its lists have rows, and writes no name that was read wrongly', async () => {
    const { page } = await readReport('josx-launch')
    const table = page.tables.find(({ caption }) => caption.startsWith('Segment, traitement'))!
    const toContact = (...actions: readonly string[]): number =>
      table.rows
        .filter((row) => actions.includes(row[2]!))
        .reduce((sum, row) => sum + Number(row.at(-1)!.replace(/\D/g, '')), 0)
    const rows = (list: string): number =>
      readFileSync(new URL(list, out), 'utf8').trimEnd().split('\n').length - 1
    expect(toContact('appel')).toBe(rows('appels.csv'))
    expect(toContact('rendez-vous')).toBe(rows('rendez-vous.csv'))
    expect(toContact('mailing par activité')).toBe(rows('mailing-clients.csv'))
    expect(toContact('mailing R')).toBe(rows('mailing-restaurateurs.csv'))
    expect(toContact('mailing D')).toBe(rows('mailing-domaines.csv'))
    expect(toContact('mailing P')).toBe(rows('mailing-particuliers.csv'))
    expect(toContact('flyer')).toBe(rows('flyers.csv'))
    expect(toContact('salon')).toBe(rows('salons.csv'))
    expect(toContact('offre de bienvenue', 'remise', 'avant-première -10 %')).toBe(rows('offres.csv'))
    for (const list of readdirSync(out))
      expect(readFileSync(new URL(list, out), 'utf8'), list).not.toMatch(/Ã[\u0080-\u00bf©‰§¨ª«´¢]/)
    expect(page.text).not.toMatch(/Ã/)
  })

  it('tells what each action cost as the list of actions says, and a forecast that adds up to its segments', async () => {
    const { page } = await readReport('josx-launch')
    const number = (text: string): number => Number(text.replace(/[^\d,-]/g, '').replace(',', '.'))
    const { columns, rows } = page.tables.find(({ caption }) => caption.startsWith('Personnes touchées'))!
    const at = (name: string) => columns.findIndex(({ column }) => column === name)
    const told = rows.map((row) => [row[0]!, row[1]!, row[at('cost')]!] as const)
    const known = await query(
      'josx-launch',
      `select campagne, case action when 'mailing' then 'envoi' else action end as kind, sum(replace(cout, ',', '.')::decimal(9,2)) as cost
       from read_csv('${truth.replace('truth.csv', 'actions.csv')}', all_varchar = true)
       where action_id in (select evenement_id from events) group by all order by all`,
    )
    expect(known).toHaveLength(4)
    expect(
      told
        .filter(([, , cost]) => cost !== '–')
        .map(([, , cost]) => number(cost))
        .sort(),
    ).toEqual(known.map(({ cost }) => Number(cost)).sort())
    const expected = page.tables.find(({ caption }) => caption.startsWith('Ce qui est attendu de chaque'))!
    const value = expected.columns.findIndex(({ column }) => column === 'value')
    const [sum] = await query('josx-launch', 'select sum(lifetime_revenue) as value from people')
    expect(expected.rows.reduce((all, row) => all + number(row[value]!), 0)).toBeCloseTo(
      Number(sum!.value),
      1,
    )
  })

  it('speaks French only, and calls nothing by its identifier', async () => {
    const { page } = await readReport('josx-launch')
    const said = page.tables.flatMap(({ caption, columns, rows }) => [
      caption,
      ...columns.map(({ title }) => title),
      ...rows.flat().filter((text) => !/^(collect|clean|enrich|segment|score|activate)\/[a-z]+$/.test(text)),
    ])
    expect(said.filter((text) => /^\w*[a-z]_\w+$/.test(text))).toEqual([])
    expect(said.filter((text) => /\b(the|is|of|not|unique|key|rows|passed)\b/.test(text))).toEqual([])
  })

  it('answers the course in its seven steps: findings, plan and figures, each as its SQL gives it', async () => {
    const report = await readReport('josx-launch')
    expectSoundReport(report)
    expect(report.compared.cells).toBeGreaterThan(400)
    const { page } = report
    expect(page.lang).toBe('fr')
    expect(page.sections.slice(0, 8).map(({ id }) => id)).toEqual([
      'summary',
      'order_letter',
      'target_tree',
      'coverage',
      'segments',
      'budget',
      'plan',
      'dashboard',
    ])
    expectRows(
      page.findings.map((finding) => ({ finding: finding.replace(/\s/g, ' ') })),
      import.meta.url,
      'findings.csv',
    )
    const sentences = page.findings.join(' ').replace(/\s/g, ' ')
    const outcome = await query('josx-launch', page.findingsSql.get('plan')!)
    expect(outcome).toEqual([
      {
        critical_path: 'T1 → T2 → T3 → T4 → T5 → T8 → T13 → T14',
        days: 82,
        end: '2014-09-08',
        launch_on: '2014-09-15',
        margin: 4,
      },
    ])
    expect(sentences).toContain(String(outcome[0]!.critical_path))
    const sums = await query('josx-launch', page.findingsSql.get('budget')!)
    expect(sums.map(({ name, stated, by_lines }) => [name, stated, by_lines])).toEqual([
      ['moyens', '44000.00', '44000.00'],
      ['prime', '50000.00', '5000.00'],
      ['Total', '94000.00', '49000.00'],
      ['Formation', '6000.00', '5900.00'],
      ['Reste de l’enveloppe', '6000.00', '51000.00'],
    ])
    const euros = new Intl.NumberFormat('fr-FR', { style: 'currency', currency: 'EUR' })
    for (const { stated, by_lines } of sums)
      for (const amount of [stated, by_lines])
        expect(sentences).toContain(euros.format(Number(amount)).replace(/\s/g, ' '))
    expect(page.tables.filter(({ section, sql }) => /budget|plan/.test(section) && sql).length).toBe(3)
    const table = (caption: string) => page.tables.find((one) => one.caption === caption)!
    expect(table('Les treize rubriques').rows).toHaveLength(13)
    expect(table('Lignes du budget').rows.map(([, , share]) => share!.replace(/\s/g, ' '))).toEqual([
      '10,2 %',
      '5,1 %',
      '40,8 %',
      '4,1 %',
      '24,5 %',
      '3,1 %',
      '12,2 %',
      '100,0 %',
    ])
  })

  it('says how many to contact as its lists do, and tells nothing of one person', async () => {
    const { page, source } = await readReport('josx-launch')
    const { columns, rows } = page.tables.find(({ columns }) =>
      columns.some(({ column }) => column === 'to_contact'),
    )!
    const at = columns.findIndex(({ column }) => column === 'to_contact')
    const listed = (list: string) => readFileSync(new URL(list, out), 'utf8').trimEnd().split('\n').length - 1
    for (const [action, list] of [
      ['mailing R', 'mailing-restaurateurs.csv'],
      ['mailing D', 'mailing-domaines.csv'],
      ['mailing P', 'mailing-particuliers.csv'],
      ['flyer', 'flyers.csv'],
      ['salon', 'salons.csv'],
    ] as const) {
      const row = rows.find((cells) => cells[2] === action)!
      expect(Number(row[at]), action).toBe(listed(list))
    }
    const personal = await query(
      'josx-launch',
      'select email from people where email is not null union select tel_mobile from people where tel_mobile is not null union select adresse from people where adresse is not null',
    )
    const told = personal.filter(({ email }) => source.includes(String(email)))
    expect(told).toEqual([])
  })

  it('knows nothing that comes after its date, and is filled by a replay for a later one', async () => {
    const known = await latest()
    expect(known).toEqual({ events: '2014-05-23', purchases: '2014-05-22', people: '2014-05-22', argicrv: 0 })
    try {
      await replay('2014-08-31')
      expect(await latest()).toEqual({
        events: '2014-08-31',
        purchases: '2014-08-28',
        people: '2014-08-29',
        argicrv: 0,
      })
      await replay('2014-10-01')
      const events = `read_json('${truth.replace('truth.csv', 'evenements.jsonl')}')`
      const [told] = await query(
        'josx-launch',
        `select max(date)::varchar as last, count(*) filter (where produit = 'ARGICRV') as argicrv, sum(montant::decimal(12,2)) filter (where produit = 'ARGICRV') as sales, count(*) as events from ${events}`,
      )
      expect(await latest()).toMatchObject({ events: told!.last, argicrv: told!.argicrv })
      const [kept] = await query(
        'josx-launch',
        "select (select sum(montant_ht) from purchases where produit = 'ARGICRV') as sales, (select count(*) from events where evenement_id like 'E%') as events",
      )
      expect(kept).toEqual({ sales: told!.sales, events: told!.events })
      expectRows(
        await query(
          'josx-launch',
          "select strftime(date, '%Y-%m') as mois, cote, activite, type, count(distinct contact_id) as personnes from events where date >= '2014-05-01' group by all order by all",
        ),
        import.meta.url,
        'dashboard.csv',
      )

      const report = await readReport('josx-launch')
      expectSoundReport(report)
      const table = (caption: string) =>
        report.page.tables.find((one) => one.caption.replace(/\s/g, ' ') === caption)!
      for (const side of ['clients', 'prospects']) {
        const { rows, columns } = table(`Ce qui s’est passé, mois par mois : ${side}`)
        const place = (title: string) => columns.findIndex((one) => one.title === title)
        const august = rows.filter(([month]) => month === '2014-08')
        expect(august.map((row) => row[1]).slice(0, 3)).toEqual(['Domaine', 'Particulier', 'Restaurateur'])
        for (const row of august) expect(Number(row[place('Envoi')])).toBeGreaterThan(60)
        const said = table(`L’intérêt tel qu’il a été dit, mois par mois : ${side}`)
        expect(said.columns.map(({ title }) => title).slice(2)).toEqual(['Oui', 'Non', 'Ne sait pas'])
        expect(new Set(said.rows.map(([month]) => month))).toContain('2014-09')
        expect(table(`Intéressé ou non, et pourquoi : ${side}`).rows.map(([said]) => said)).toContain('Oui')
        expect(table(`Qui ils sont et ce qu’ils ont fait : ${side}`).rows.map(([trait]) => trait)).toContain(
          'Dernier rendez-vous',
        )
      }
      expect(table('Ce qui est acheté : Taille par activité').rows.map(([size]) => size)).toContain('M')
      const last = report.page.tables.filter(({ section }) => section === 'dashboard').at(-1)!
      expect(last.caption).toBe('Ventes par activité, depuis le début')
      expect(last.rows.map(([activity]) => activity)).toEqual([
        'Domaine',
        'Restaurateur',
        'Particulier',
        'Total',
      ])
    } finally {
      await replay('2014-05-23')
    }
    expect(await latest()).toEqual(known)
  }, 400_000)
})

async function replay(asOf: string): Promise<void> {
  const { run } = await sillage<RunDocument>(['run', 'josx-launch', '--param', `as_of=${asOf}`])
  expect(run.status, JSON.stringify(run.error)).toBe('succeeded')
}

/** The last day that each table tells of, and how many bought the new product. */
async function latest(): Promise<Readonly<Record<string, unknown>>> {
  const [row] = await query(
    'josx-launch',
    `select (select max(date) from events)::varchar as events, (select max(date) from purchases)::varchar as purchases,
       max(greatest(premier_achat, dernier_achat, achat_argicrv_le, autre_achat_le, rdv_le))::varchar as people,
       count(achat_argicrv_le) as argicrv from people`,
  )
  return row!
}
