import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isIsoDate } from '@sillage/base'
import { parseSchedule } from '@sillage/scheduler'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'

const root = join(import.meta.dirname, '../../../..')
const schema = JSON.parse(readFileSync(join(root, 'docs/reference/pipeline.schema.json'), 'utf8'))
const validate = new Ajv2020({ allErrors: true, strict: false, validateFormats: false }).compile(schema)

/** Where the published schema complains; a choice of branches counts as one complaint. */
function complaints(pipeline: unknown): readonly string[] {
  if (validate(pipeline)) return []
  const found = (validate.errors ?? []).filter(({ keyword }) => keyword !== 'if')
  return [...new Set(found.map(({ instancePath }) => instancePath))].sort()
}
const read = (text: string): unknown => parse(text, { version: '1.2' })
const ref = (kind: string, name: string): string => `\${${kind}:${name}}`
const stage = (uses: string, more: object): object => ({
  pipeline: 'p',
  stages: { one: { uses, ...more } },
})

describe('the published schema of pipelines', () => {
  it.each(['josx-launch', 'retail-loyalty', 'web-leads'])('has no complaint of %s', (name) => {
    const text = readFileSync(join(root, 'pipelines', name, 'pipeline.yaml'), 'utf8')
    expect(complaints(read(text))).toEqual([])
  })

  it('takes parameters where a boolean, an integer, a pattern or a day is asked', () => {
    const text = `
pipeline: parameters
params:
  n: { type: integer, default: 10 }
  u: { type: text, default: "http://127.0.0.1:9/x" }
  b: { type: boolean, default: true }
  d: { type: date, default: 2026-01-01 }
as_of: "${ref('param', 'd')}"
stages:
  raw: { uses: collect/csv, with: { path: data/a.csv, all_text: "${ref('param', 'b')}" } }
  hook: { uses: activate/webhook, from: raw, with: { url: "${ref('param', 'u')}", batch: "${ref('param', 'n')}" } }
marts:
  raw: { from: raw, key: [id] }
`
    expect(complaints(read(text))).toEqual([])
  })

  it('tells a missing with, an impossible day and a schedule of one word', () => {
    const text = `
pipeline: bad
as_of: 2026-13-01
schedule: "hourly"
stages:
  raw: { uses: collect/csv, with: { path: data/a.csv } }
  one: { uses: clean/dedupe, from: raw }
  two: { uses: enrich/communes, from: raw }
marts:
  one: { from: one, key: [id] }
`
    expect(complaints(read(text))).toEqual(['/as_of', '/schedule', '/stages/one', '/stages/two'])
  })

  it('knows the options of each type of connection, and which stages take one', () => {
    const connected = (connection: object, uses = 'collect/http'): object => ({
      pipeline: 'p',
      connections: { crm: connection },
      stages: { one: { uses, connection: 'crm', with: { url: '/x', columns: { id: 'id' } } } },
    })
    const http = { type: 'http', address: ref('env', 'CRM'), token: ref('secret', 'crm') }
    expect(complaints(connected(http))).toEqual([])
    expect(complaints(connected({ ...http, adress: 'https://x.example' }))).toEqual(['/connections/crm'])
    expect(complaints(connected({ ...http, token: 's3cret' }))).toEqual(['/connections/crm/token'])
    expect(complaints(connected({ type: 'htp' }))).toEqual(['/connections/crm/type'])
    expect(complaints(connected(http, 'collect/inbox'))).toContain('/stages/one/connection')
  })

  it('takes no reference where validate refuses it', () => {
    const csv = (all_text: string): object => stage('collect/csv', { with: { path: 'a.csv', all_text } })
    expect(complaints(csv(ref('param', 'b')))).toEqual([])
    for (const text of [ref('env', 'B'), ref('secret', 'b'), `${ref('param', 'b')}!`, 'true'])
      expect(complaints(csv(text))).toEqual(['/stages/one/with/all_text'])
    const hook = (url: string): object => stage('activate/webhook', { from: 'raw', with: { url } })
    for (const url of [ref('env', 'U'), `${ref('param', 'u')}/x`, `https://${ref('secret', 'host')}`])
      expect(complaints(hook(url))).toEqual([])
    for (const url of ['ftp://x', ref('secret', 'u')])
      expect(complaints(hook(url))).toEqual(['/stages/one/with/url'])
    expect(complaints({ ...stage('collect/csv', {}), keep: ref('param', 'k') })).toEqual(['/keep'])
  })

  it('holds a stage to what its plugin is', () => {
    expect(complaints(stage('collect/csv', { from: 'raw' }))).toEqual(['/stages/one/from'])
    expect(complaints(stage('clean/contacts', {}))).toEqual(['/stages/one'])
    expect(complaints(stage('clean/contacts', { from: 'raw', shared: true }))).toEqual(['/stages/one/shared'])
    expect(complaints(stage('clean/contacts', { from: 'raw', on_drift: 'freeze' }))).toEqual([
      '/stages/one/on_drift',
    ])
    expect(complaints(stage(ref('param', 'plugin'), {}))).toEqual([])
    expect(complaints(stage('clean/nothing', {}))).toEqual(['/stages/one/uses'])
    expect(complaints({ pipeline: 'p', stages: { one: {} } })).toEqual(['/stages/one'])
  })

  it('knows the days that exist, leap years among them', () => {
    const asOf = (as_of: string): boolean => complaints({ ...stage('collect/csv', {}), as_of }).length === 0
    const digits = (most: number, length: number) =>
      fc.nat(most).map((number) => String(number).padStart(length, '0'))
    fc.assert(
      fc.property(fc.tuple(digits(9999, 4), digits(13, 2), digits(32, 2)), (parts) => {
        const text = parts.join('-')
        expect([text, asOf(text)]).toEqual([text, isIsoDate(text)])
      }),
      { seed: 20261129, numRuns: 3000 },
    )
    for (const text of ['2024-02-29', '2000-02-29', '1900-02-29', '2023-02-29', '2026-02-30'])
      expect([text, asOf(text)]).toEqual([text, isIsoDate(text)])
    for (const text of ['today', 'yesterday', ref('env', 'D'), `2026-${ref('param', 'm')}-01`])
      expect(asOf(text)).toBe(true)
    for (const text of ['tomorrow', '20260101', '2026-1-1', '2026-01-01T00:00'])
      expect(asOf(text)).toBe(false)
  })

  it('has no complaint of a schedule that can be read', () => {
    const times = (schedule: string): boolean =>
      complaints({ ...stage('collect/csv', {}), schedule }).length === 0
    const number = fc.constantFrom('*', '?', '0', '5', '*/2', '1-3', '1,4', '2/3', '01')
    const any = fc.oneof(number, fc.constantFrom('MON-fri', 'L', 'LW', '5#2', 'JAN', '15W', '+5'))
    const line = fc.tuple(
      fc.tuple(number, number, any, any, any),
      fc.constantFrom('', ' ', ' Europe/Paris', ' UTC', ' America/Port-au-Prince'),
    )
    let taken = 0
    fc.assert(
      fc.property(line, ([fields, zone]) => {
        const text = `${fields.join(' ')}${zone}`
        if ('problem' in parseSchedule(text)) return
        taken += 1
        expect([text, times(text)]).toEqual([text, true])
      }),
      { seed: 20261129, numRuns: 1000 },
    )
    expect(taken).toBeGreaterThan(50)
    expect(times(ref('param', 'when'))).toBe(true)
    for (const text of ['@daily', '0 6 * *', '0 6 * * * Europe/Paris twice', 'x 6 * * *'])
      expect(times(text)).toBe(false)
  })
})
