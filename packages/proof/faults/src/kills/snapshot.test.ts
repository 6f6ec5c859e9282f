import { expect, it } from 'vitest'
import { differenceOf, isSame } from './snapshot.ts'

const wanted = new Map([['mart lines', '1,a\n2,b\n2,b\n3,c\n']])

it('a row that is missing is lost, one that is there again is twice, and one that is another is both', () => {
  const found = (text: string) => differenceOf(wanted, new Map([['mart lines', text]]))
  expect(found('1,a\n2,b\n3,c\n')).toEqual({ lost: 1, twice: 0, where: ['mart lines'] })
  expect(found('1,a\n2,b\n2,b\n2,b\n3,c\n')).toEqual({ lost: 0, twice: 1, where: ['mart lines'] })
  expect(found('1,a\n2,b\n2,b\n3,d\n')).toEqual({ lost: 1, twice: 1, where: ['mart lines'] })
  expect(differenceOf(wanted, new Map()).lost).toBe(4)
  expect(differenceOf(wanted, new Map(wanted))).toEqual({ lost: 0, twice: 0, where: [] })
})

it('states are the same only where all their relations are', () => {
  expect(isSame(wanted, new Map(wanted))).toBe(true)
  expect(isSame(wanted, new Map())).toBe(false)
  expect(isSame(new Map(), wanted)).toBe(false)
})
