import { describe, expect, it } from 'vitest'
import { orderLetterHeadings, orderLetterProblems } from './order-letter.ts'

describe('orderLetterProblems', () => {
  it('warns of each of the thirteen headings that says nothing', () => {
    expect(orderLetterHeadings).toHaveLength(13)
    expect(orderLetterProblems({})).toHaveLength(13)
    expect(orderLetterProblems({ nature: 'a launch', reason: '  ' }).map(({ path }) => path)).toEqual([
      ['reason'],
      ...orderLetterHeadings.slice(2).map(() => []),
    ])
    const full = Object.fromEntries(orderLetterHeadings.map((heading) => [heading, 'said']))
    expect(orderLetterProblems(full)).toEqual([])
  })
})
