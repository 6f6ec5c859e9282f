import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normaliseEmail } from './contact/email.ts'
import type { NameRole } from './contact/name-word.ts'
import { normaliseCivility, normaliseName } from './contact/person-name.ts'
import { normalisePhone } from './contact/phone.ts'
import { normalisePostcode } from './contact/postcode.ts'
import plugin from './contacts.ts'

const problems = (config: object) =>
  plugin.check!({ config: config as never, columns: [], inputs: {}, asOf: '2014-05-23' }).map(
    ({ code }) => code,
  )

describe('clean/contacts', () => {
  it.each([
    ['JEAN-PIERRE', 'Jean-Pierre'],
    ['de la fontaine', 'de La Fontaine'],
    ["D'ORMESSON", "d'Ormesson"],
    ['D’ALEMBERT', 'd’Alembert'],
    ["o'brien", "O'Brien"],
    ['McDonald', 'McDonald'],
    ['  Zoé \u00a0 LE GOFF ', 'Zoé LE GOFF'],
    ['éric', 'Éric'],
    ['"dupont";', 'Dupont'],
    ['-', null],
    ['', null],
  ])('writes the name %j as %j', (text, name) => {
    expect(normaliseName(text)).toBe(name)
  })

  it('gives a name that it gave before unchanged', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(..."aBéÉ -'’.dElßİivMcy\u0301\u200b"), maxLength: 12 }),
        fc.constantFrom<NameRole>('first', 'last', 'full'),
        (text, role) => {
          const once = normaliseName(text, role)
          if (once !== null && once !== once.toLowerCase() && once !== once.toUpperCase())
            expect(normaliseName(once, role)).toBe(once)
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('knows civilities in their spellings', () => {
    expect(
      ['Mr', 'M.', 'monsieur', 'MADAME', 'Mlle', 'M. et Mme', 'Dr.', 'Maître', '?'].map(normaliseCivility),
    ).toEqual(['M.', 'M.', 'M.', 'Mme', 'Mme', 'M. et Mme', 'Dr', 'Me', null])
  })

  it.each([
    ['Zoe@Example.ORG', 'zoe@example.org', 'ok'],
    ['mailto:zoe@example.org', 'zoe@example.org', 'ok'],
    ['Zoé <zoe@example.org>', 'zoe@example.org', 'ok'],
    ['zoe@example.org.', 'zoe@example.org', 'ok'],
    ['zoe@mailinator.com', 'zoe@mailinator.com', 'disposable'],
    ['zoe@courriel', null, 'invalid'],
    ['zoe @ example.org', null, 'invalid'],
    ['zoe..b@example.org', null, 'invalid'],
    ['n/a', null, 'invalid'],
    [' ', null, 'missing'],
  ])('reads the address %j', (text, value, status) => {
    expect(normaliseEmail(text)).toEqual({ value, status })
  })

  it.each([
    '0639980857',
    '06 39 98 08 57',
    '06.39.98.08.57',
    '06-39-98-08-57',
    '+33 6 39 98 08 57',
    '+33 (0)6 39 98 08 57',
    '0033639980857',
    '639980857',
    '06/39/98/08/57',
    '06\u00a039\u00a098\u00a008\u00a057',
  ])('reads %j as one mobile number', (text) => {
    expect(normalisePhone(text, 'FR')).toEqual({ value: '+33639980857', status: 'mobile' })
  })

  it('tells landlines, foreign numbers and what is no number', () => {
    expect(normalisePhone('01 99 00 12 34', 'FR')).toEqual({ value: '+33199001234', status: 'fixed' })
    expect(normalisePhone('+32 470 12 34 56', 'FR')).toEqual({ value: '+32470123456', status: 'mobile' })
    expect(normalisePhone('0470 12 34 56', 'BE')).toEqual({ value: '+32470123456', status: 'mobile' })
    expect(normalisePhone('+39 06 1234 5678', 'FR').value).toBe('+390612345678')
    expect(
      ['12', 'aucun', '00 00 00 00 00', '06 39 98 08'].map((text) => normalisePhone(text, 'FR').status),
    ).toEqual(['invalid', 'invalid', 'invalid', 'invalid'])
  })

  it.each([
    ['69001', '69001', 'ok'],
    ['1000', '01000', 'repaired'],
    ['F-75 012', '75012', 'repaired'],
    ['2a000', '20000', 'repaired'],
    ['97400', '97400', 'ok'],
    ['98000', '98000', 'ok'],
    ['96000', null, 'invalid'],
    ['99999', null, 'invalid'],
    ['00100', null, 'invalid'],
    ['690', null, 'invalid'],
    ['', null, 'missing'],
  ])('reads the postcode %j', (text, value, status) => {
    expect(normalisePostcode(text)).toEqual({ value, status })
  })

  it('says what is wrong with a configuration', () => {
    expect(problems({})).toEqual(['nothing_to_do'])
    expect(problems({ email: 'a', phones: ['a'] })).toEqual(['repeated_column'])
    expect(problems({ postcode: 'a', require: ['name', 'contact_point'] })).toEqual([
      'required_without_column',
      'required_without_column',
    ])
    expect(problems({ phones: ['a'], country: 'ZZ' })).toEqual(['unknown_country'])
  })

  it('gives an address, a number or a postcode that it gave before unchanged', () => {
    const noise = fc.string({
      unit: fc.constantFrom(...'a@.é-0612+33 ()/;\u200b\u00a0\'"='),
      maxLength: 16,
    })
    const numbers = fc.stringMatching(/^(\+33|\+262|0033|0)?[ .]?[1-9]([ .]?[0-9]{2}){4}$/)
    fc.assert(
      fc.property(fc.oneof(noise, numbers), (text) => {
        for (const { value } of [normaliseEmail(text), normalisePostcode(text, 'FR')])
          if (value !== null)
            expect([normaliseEmail(value).value, normalisePostcode(value, 'FR').value]).toContain(value)
        const phone = normalisePhone(text, 'FR')
        if (phone.value !== null) expect(normalisePhone(phone.value, 'FR')).toEqual(phone)
      }),
      { numRuns: 1000 },
    )
  })
})
