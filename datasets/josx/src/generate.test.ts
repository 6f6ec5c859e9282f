import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openAtlas } from './communes.ts'
import { fields, parse } from './csv-reader.fixture.ts'
import { generate, josxFiles } from './generate.ts'
import { segments } from './person.ts'
import { isLuhn } from './siret.ts'

const files = josxFiles(2014)
const utf8 = (name: string): string =>
  new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(files[name])
const restaurateurs = parse(new TextDecoder('latin1').decode(files['restaurateurs.csv']), ';')
const domaines = parse(utf8('domaines.csv'), ',')
const particuliers = parse(utf8('particuliers.csv'), ';')
const invoices = parse(utf8('facturation.csv').slice(1), ';')
const actions = parse(utf8('actions.csv'), ';')
const truth = parse(utf8('truth.csv'), ',')
const lines = (name: string): Record<string, unknown>[] =>
  utf8(name)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

describe('the josx generator', () => {
  test('writes the same bytes twice, and other bytes for another seed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'josx-'))
    await generate({ folder })
    const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
    for (const name of await readdir(folder))
      expect(hash(await readFile(join(folder, name))), name).toBe(hash(files[name]!))
    expect(hash(josxFiles(2015)['truth.csv']!)).not.toBe(hash(files['truth.csv']!))
    await rm(folder, { recursive: true })
  })

  test('has the counts of the case', () => {
    expect(invoices).toHaveLength(2300)
    expect(new Set(invoices.map((row) => row.code_client)).size).toBe(640)
    expect(new Set(fields(invoices, 'date_facture').map((date) => date.slice(-4)))).toEqual(
      new Set(['2009', '2010', '2011', '2012', '2013', '2014']),
    )
    expect([restaurateurs.length, domaines.length, particuliers.length]).toEqual([700, 500, 560])
    expect(truth).toHaveLength(640 + 700 + 500 + 560)
    expect(truth.filter((row) => row.duplicate === 'true')).toHaveLength(0.15 * truth.length)
    expect(new Set(fields(truth, 'person_id')).size).toBe(2040)
  })

  test('writes each file as its program would', () => {
    expect(utf8('facturation.csv').startsWith('\uFEFFfacture_id;')).toBe(true)
    expect(utf8('facturation.csv')).toContain('\r\n')
    expect(() => utf8('restaurateurs.csv')).toThrow()
    expect(files['restaurateurs.csv']).toContain(0x8c) // Œ and ’ exist in Windows-1252 only, not in Latin-1
    expect(files['restaurateurs.csv']).toContain(0x92)
    expect(utf8('domaines.csv')).toMatch(/"\d+,\d"/)
    expect(fields(invoices, 'montant_ht').every((amount) => /^-?\d+,\d\d$/.test(amount))).toBe(true)
    expect(fields(invoices, 'date_facture').every((date) => /^\d\d\/\d\d\/\d{4}$/.test(date))).toBe(true)
  })

  test('gives every segment people, and none more than 40 %', () => {
    const byPerson = new Map(truth.map((row) => [row.person_id!, row.segment!]))
    for (const segment of segments) {
      const share = [...byPerson.values()].filter((name) => name === segment).length / byPerson.size
      expect(share, segment).toBeGreaterThan(0.02)
      expect(share, segment).toBeLessThan(0.4)
    }
  })

  test('writes SIRETs that pass the check of Luhn, or says in the truth that they do not', () => {
    const states = new Map(truth.map((row) => [row.contact_id!, row.siret_state!]))
    const typed = [...restaurateurs, ...domaines].map((row) => [row.contact_id!, row.siret!] as const)
    for (const [id, text] of [...typed, ...invoices.map((row) => [row.code_client!, row.siret!] as const)]) {
      const digits = text.replaceAll(' ', '')
      const passes = digits.length === 14 && isLuhn(digits)
      expect(passes, id).toBe(states.get(id) === 'valid')
      expect(digits === '', id).toBe(['missing', 'none'].includes(states.get(id)!))
    }
  })

  test('takes communes and postcodes that exist', () => {
    const known = new Set(
      openAtlas().communes.flatMap((commune) =>
        commune.postcodes.map((postcode) => `${postcode} ${commune.name}`),
      ),
    )
    const spoiled = new Set(
      truth.filter((row) => row.changes!.includes('wrong_postcode')).map((row) => row.contact_id),
    )
    const clean = domaines.filter((row) => !spoiled.has(row.contact_id) && /^\d{5}$/.test(row.code_postal!))
    const exact = clean.filter((row) => known.has(`${row.code_postal} ${row.ville}`))
    expect(exact.length / clean.length).toBeGreaterThan(0.6)
  })

  test('spells phones in five ways, and uses numbers kept for fiction only', () => {
    const phones = [...restaurateurs, ...domaines, ...particuliers]
      .flatMap((row) => [row.tel_fixe!, row.tel_mobile!])
      .filter((phone) => phone !== '')
    const shapes = new Set(phones.map((phone) => phone.replaceAll(/\d/g, '9')))
    expect(shapes).toEqual(
      new Set(['99 99 99 99 99', '9999999999', '99.99.99.99.99', '+99 9 99 99 99 99', '99-99-99-99-99']),
    )
    const digits = phones.map((phone) => phone.replace('+33 ', '0').replaceAll(/\D/g, ''))
    expect(digits.every((number) => /^(019900|026191|035301|046571|053649|063998)\d{4}$/.test(number))).toBe(
      true,
    )
  })

  test('refers to contacts that exist, and sponsors without cycles', () => {
    const contacts = new Map(truth.map((row) => [row.contact_id!, row.person_id!]))
    for (const row of [...actions, ...lines('evenements.jsonl')])
      expect(contacts.has(String(row.contact_id))).toBe(true)
    for (const row of [...restaurateurs, ...domaines, ...particuliers]) {
      if (row.parrain_id !== '')
        expect(contacts.get(row.parrain_id!)! < contacts.get(row.contact_id!)!).toBe(true)
    }
  })

  test('knows nothing after the as-of date but the events', () => {
    const iso = (french: string): string => french.split('/').reverse().join('-')
    expect(
      fields(invoices, 'date_facture')
        .map(iso)
        .every((date) => date < '2014-05-23'),
    ).toBe(true)
    expect(
      fields(actions, 'date_action')
        .map(iso)
        .every((date) => date < '2014-05-23'),
    ).toBe(true)
    expect(lines('enquete.jsonl').every((line) => String(line.date) < '2014-05-23')).toBe(true)
    const days = lines('evenements.jsonl').map((line) => String(line.date))
    expect([days[0], days.at(-1)].map((day) => day!.slice(0, 7))).toEqual(['2014-05', '2014-09'])
  })

  test('puts a client on each edge of the segments', () => {
    const segmentOf = new Map(truth.map((row) => [row.contact_id!, row.segment!]))
    const last = new Map(invoices.map((row) => [row.code_client!, row.date_facture!]))
    const edges = [...last].filter(([, day]) =>
      ['23/02/2014', '23/11/2013', '23/05/2012', '23/05/2010'].includes(day),
    )
    expect(new Set(edges.map(([code, day]) => `${day} ${segmentOf.get(code)}`))).toEqual(
      new Set([
        '23/02/2014 client_chaud',
        '23/11/2013 client_actif',
        '23/05/2012 client_sur_le_depart',
        '23/05/2010 client_perdu',
      ]),
    )
  })
})
