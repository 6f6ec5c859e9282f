import { expect, it } from 'vitest'
import { written } from './written.ts'

const column = (type: string, name = 'amount', key = false) => ({ name, type, key })
/** French groups by a narrow blank that does not break. */
const plain = (text: string | undefined) => text?.replaceAll(/[\u202f\u00a0]/g, ' ')

it.each([
  ['DECIMAL(18,4)', '1234567.8900', '1,234,567.8900', '1 234 567,8900'],
  [
    'DECIMAL(38,2)',
    '-99999999999999999999.01',
    '-99,999,999,999,999,999,999.01',
    '-99 999 999 999 999 999 999,01',
  ],
  ['BIGINT', 1234567, '1,234,567', '1 234 567'],
  ['HUGEINT', '170141183460469231731', '170,141,183,460,469,231,731', '170 141 183 460 469 231 731'],
  ['DOUBLE', 0.30000000000000004, '0.3', '0,3'],
  ['DOUBLE', 1234.5, '1,234.5', '1 234,5'],
  ['DOUBLE', 0.0000012345, '1.235E-6', '1,235E-6'],
  ['DOUBLE', 0, '0', '0'],
  ['DATE', '2014-05-23', '23 May 2014', '23/05/2014'],
  ['TIMESTAMP', '2014-05-23T01:02:03', '23 May 2014, 01:02:03', '23/05/2014 01:02:03'],
  ['TIMESTAMP WITH TIME ZONE', '2014-05-23T01:02:03+00', '23 May 2014, 01:02:03', '23/05/2014 01:02:03'],
])('%s %s is written %s, in French %s', (type, value, english, french) => {
  expect(plain(written(value, column(type), 'en'))).toBe(english)
  expect(plain(written(value, column(type), 'fr'))).toBe(french)
})

it.each([
  ['VARCHAR', '1234.5'],
  ['VARCHAR', '2014-05-23'],
  ['DOUBLE', 'NaN'],
  ['DOUBLE', 'Infinity'],
  ['DATE', 'infinity'],
  ['DATE', '5877642-06-24 (BC)'],
  ['BIGINT[]', [1, 2]],
  ['INTERVAL', '1 day'],
  ['BIGINT', '***'],
])('%s %s stays as it is', (type, value) => {
  expect(written(value, column(type), 'fr')).toBeUndefined()
})

it('what names a thing or a year is not grouped', () => {
  for (const one of [
    column('BIGINT', 'customer', true),
    column('BIGINT', 'order_id'),
    column('INTEGER', 'year'),
  ])
    expect(written(17850, one, 'en')).toBeUndefined()
})
