import { describe, expect, it } from 'vitest'
import { makeFormats } from './format.ts'

const plain = (text: string): string => text.replaceAll(/\s/g, ' ')

describe('makeFormats', () => {
  const fr = makeFormats('fr', 'EUR')
  const en = makeFormats('en', undefined)

  it('writes numbers, money, shares and dates in the language', () => {
    expect(plain(fr.cell('1234.56', 'money'))).toBe('1 234,56 €')
    expect(fr.cell('2014-05-23', 'date')).toBe('23/05/2014')
    expect(plain(fr.cell(0.481, 'share'))).toBe('48,1 %')
    expect(en.cell('8911407.904', 'money')).toBe('8,911,407.90')
    expect(en.cell('2014-05-23', 'date')).toBe('2014-05-23')
    expect(en.cell('2014-05-23T08:09:10', 'day_time')).toBe('2014-05-23 08:09')
  })

  it('loses no digit of a decimal that a double cannot hold', () => {
    expect(en.cell('12345678901234567.89', 'money')).toBe('12,345,678,901,234,567.89')
    expect(plain(fr.money(-123456789012345, 'EUR'))).toBe('-1 234 567 890 123,45 €')
    expect(plain(fr.money(5, 'EUR'))).toBe('0,05 €')
  })

  it('says what is not there, what is too small, and what is withheld', () => {
    expect(en.cell(null, 'count')).toBe('–')
    expect(en.cell({ below: 5 }, 'money')).toBe('<5')
    expect(en.cell({ withheld: true }, 'share')).toBe('…')
    expect(en.cell(['a', 'b'], 'text')).toBe('a, b')
    expect(en.cell('bg-nbd', 'number')).toBe('bg-nbd')
  })
})
