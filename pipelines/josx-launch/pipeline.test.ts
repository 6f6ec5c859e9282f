import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { expectSoundReport, readReport } from '../testing/read-report.ts'
import { expectRows, query, runPipeline } from '../testing/run-pipeline.ts'

const out = new URL('../../out/josx-launch/', import.meta.url)
const truth = '.sillage/datasets/josx-2014/truth.csv'

describe('josx-launch', () => {
  it('finds who is who, refuses who cannot be reached, and gives each person one segment', async () => {
    const run = await runPipeline('josx-launch')
    expect(run.status, JSON.stringify(run.error)).toBe('succeeded')
    const step = (stage: string) => run.steps.find((one) => one.stage === stage)!
    expect(step('billing').rows_out).toBe(2300)
    expect(step('contacts')).toMatchObject({ rows_in: 2400, rejected: 119 })
    expect(await query('josx-launch', 'select code, rows from sillage.rejects order by rows desc')).toEqual([
      { code: 'no_contact_point', rows: 109 },
      { code: 'no_name', rows: 10 },
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
    const letters = readFileSync(new URL('mailing-domaines.csv', out), 'utf8')
    expect(letters).toContain('Une cave écologique à la taille de votre production')
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
})
