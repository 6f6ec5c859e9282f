import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
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
})
