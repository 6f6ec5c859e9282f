import { expect, it } from 'vitest'
import { columnNames } from './column-names.ts'

it('gives names that a relation, a statement and a terminal can bear', () => {
  const written = ['\u{feff}id ', 'ID', '', '_Reject', 'na\0me\u001b[2J', 'two\nlines', '\u0001']
  expect(columnNames(written)).toEqual([
    'id',
    'ID_1',
    'column3',
    'Reject',
    'name[2J',
    'two\nlines',
    'column7',
  ])
})
