import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sql } from './sql.ts'

describe('the sql tag', () => {
  it('quotes names and literals', () => {
    expect(sql`select ${sql.id('a"b', 'c')} = ${"it's"}, ${null}, ${1.5}, ${true}`.text).toBe(
      `select "a""b"."c" = 'it''s', null, 1.5, true`,
    )
  })

  it('lets no NUL end a statement', () => {
    expect(sql`select ${"a\0it's"}`.text).toBe(`select ('a' || chr(0) || 'it''s')`)
    expect(() => sql.id('a\0b')).toThrow('"a\\u0000b" holds a NUL')
  })

  it('removes the indentation that the lines share and indents what is spliced', () => {
    const inner = sql`
      select 1
      from t
    `
    const outer = sql`
      with a as (
        ${inner}
      )
      select * from a
    `
    expect(outer.text).toBe('with a as (\n  select 1\n  from t\n)\nselect * from a')
  })

  it('never changes what stands in a literal or a name', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1 }), (value, name) => {
        const inner = sql`select ${value} as ${sql.id(name)}`
        const text = sql`
          select * from (
            ${inner}
          )
        `.text
        expect(text).toContain(inner.text)
      }),
    )
  })
})
