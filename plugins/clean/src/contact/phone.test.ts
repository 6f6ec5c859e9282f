import { expect, it } from 'vitest'
import { normalisePhone } from './phone.ts'

it.each([
  ['0696 12 34 56', '+596696123456', 'mobile'],
  ['+596 696 12 34 56', '+596696123456', 'mobile'],
  ['0692 12 34 56', '+262692123456', 'mobile'],
  ['+262 692 12 34 56', '+262692123456', 'mobile'],
  ['+33 692 12 34 56', '+262692123456', 'mobile'],
  ['0033692123456', '+262692123456', 'mobile'],
  ['692123456', '+262692123456', 'mobile'],
  ['0639 01 23 45', '+262639012345', 'mobile'],
  ['0269 61 12 34', '+262269611234', 'fixed'],
  ['0262 90 12 34', '+262262901234', 'fixed'],
  ['0263 01 23 45', '+262263012345', 'fixed'],
  ['0590 12 34 56', '+590590123456', 'fixed'],
  ['+590 590 12 34 56', '+590590123456', 'fixed'],
  ['0691 12 34 56', '+590691123456', 'mobile'],
  ['0694 20 12 34', '+594694201234', 'mobile'],
  ['+594 694 20 12 34', '+594694201234', 'mobile'],
  ['0594 12 34 56', '+594594123456', 'fixed'],
  ['0596 12 34 56', '+596596123456', 'fixed'],
  ['0709 00 12 34', '+590709001234', 'mobile'],
  ['06 39 98 12 34', '+33639981234', 'mobile'],
])('a number has the country code of its block: %j', (text, value, status) => {
  expect(normalisePhone(text, 'FR')).toEqual({ value, status })
})

it('reads numbers of the overseas départements by the French plan', () => {
  expect(normalisePhone('06 12 34 56 78', 'RE').value).toBe('+33612345678')
  expect(normalisePhone('0692 12 34 56', 'MQ').value).toBe('+262692123456')
})

it.each([
  '06\u202f12\u202f34\u202f56\u202f78',
  '06\u200912\u200934\u200956\u200978',
  '06\u200712 34 56 78',
  '06\u300012 34 56 78',
  '+33\u202f6\u202f12\u202f34\u202f56\u202f78',
  '06\u200b12345678',
  "'+33612345678",
  '="0612345678"',
  '612345678.0',
  '33612345678.0',
  'Tél. : 06 12 34 56 78',
  '06 12 34 56 78 poste 12',
  '06 12 34 56 78 ext. 12',
  'tel:+33612345678;ext=12',
  '06 12 34 56 78 (bureau)',
  '０６１２３４５６７８',
  '+33 (0)6 12 34 56 78',
])('takes off what is no part of a number: %j', (text) => {
  expect(normalisePhone(text, 'FR')).toEqual({ value: '+33612345678', status: 'mobile' })
})

it('keeps the zero that belongs to an Italian number', () => {
  expect(normalisePhone('+39 (0)6 1234 5678', 'FR').value).toBe('+390612345678')
})

it.each([
  '06 12 34 56 78 ou 01 23 45 67 89',
  '0612345678;0123456789',
  '0612345678, 0123456789',
  '06 12 34 56 78 / 06 98 76 54 32',
  '3.36123E+10',
])('chooses none of two numbers: %j', (text) => {
  expect(normalisePhone(text, 'FR')).toEqual({ value: null, status: 'invalid' })
})

it('reads no number without a country code where the country is not known', () => {
  expect(normalisePhone('0612345678', null)).toEqual({ value: null, status: 'invalid' })
  expect(normalisePhone('+33612345678', null).value).toBe('+33612345678')
})
