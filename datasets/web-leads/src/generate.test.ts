import { describe, expect, test } from 'vitest'
import { faultCounts, faults } from './faults.ts'
import { webLeadsFiles } from './generate.ts'

const files = webLeadsFiles(2014)
const bytes = Buffer.from(files['leads.jsonl']!)
const lines = bytes
  .toString('latin1')
  .trimEnd()
  .split('\n')
  .map((line) => Buffer.from(line, 'latin1'))
const truth = new TextDecoder()
  .decode(files['truth.csv'])
  .trimEnd()
  .split('\n')
  .slice(1)
  .map((row) => {
    const [line = '', id = '', person = '', fault = '', variant = ''] = row.split(',')
    return { line: Number(line), id, person, fault, variant }
  })
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const parsed = (line: number): unknown => JSON.parse(strict.decode(lines[line - 1]))
const withFault = (fault: string) => truth.filter((row) => row.fault === fault)

describe('the generator of web leads', () => {
  test('writes 2,000 lines, and the same bytes for the same seed', () => {
    expect(lines).toHaveLength(2000)
    expect(truth).toHaveLength(2000)
    expect(Buffer.compare(bytes, Buffer.from(webLeadsFiles(2014)['leads.jsonl']!))).toBe(0)
    expect(Buffer.compare(bytes, Buffer.from(webLeadsFiles(1)['leads.jsonl']!))).not.toBe(0)
  })

  test('has ten kinds of faults, in the numbers it says', () => {
    expect(faults).toHaveLength(10)
    for (const fault of faults) expect(withFault(fault), fault).toHaveLength(faultCounts[fault])
    expect(truth.slice(0, 10).every((row) => row.fault === '')).toBe(true)
  })

  test('good lines are whole leads with ids of their own', () => {
    const ids = withFault('').map(({ line }) => {
      const lead = parsed(line) as Record<string, unknown>
      expect(lead.name).toMatch(/\S/)
      expect(lead.email ?? lead.phone).toMatch(/@.+\.example$|\d/)
      expect(String(lead.created_at) < '2014-05-23').toBe(true)
      return lead.id
    })
    expect(new Set(ids).size).toBe(1874)
  })

  test('broken lines and bytes do not parse, and lines that are no objects are none', () => {
    for (const { line } of withFault('broken_json')) expect(() => parsed(line)).toThrow()
    for (const { line, variant } of withFault('bad_bytes')) {
      if (variant === 'nul_escape') expect((parsed(line) as { name: string }).name).toContain('\u0000')
      else expect(() => parsed(line), variant).toThrow()
    }
    for (const { line } of withFault('not_an_object')) {
      const value = parsed(line)
      expect(typeof value === 'object' && value !== null && !Array.isArray(value)).toBe(false)
    }
  })

  test('what is wrong inside a lead is what the truth says', () => {
    const leadOf = (line: number) => parsed(line) as Record<string, string | null | undefined>
    for (const { line } of withFault('no_contact_point'))
      expect(`${leadOf(line).email ?? ''}${leadOf(line).phone ?? ''}`.trim()).toBe('')
    for (const { line } of withFault('no_name')) expect((leadOf(line).name ?? '').trim()).toBe('')
    for (const { line } of withFault('invalid_email')) {
      expect(leadOf(line).phone).toBeNull()
      expect(leadOf(line).email).not.toMatch(/^[a-z\d-]+(\.[a-z\d-]+)*@[a-z\d-]+\.example$/)
    }
    for (const { line, id } of withFault('duplicate_id')) {
      expect(leadOf(line).id).toBe(id)
      expect(truth.some((row) => row.id === id && row.line < line && row.fault === '')).toBe(true)
    }
    for (const { line } of withFault('oversized_cell')) expect(leadOf(line).message!.length).toBe(2 ** 20)
  })
})
