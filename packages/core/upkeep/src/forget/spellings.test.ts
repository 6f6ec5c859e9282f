import { Database } from '@sillage/duckdb'
import { sql } from '@sillage/sdk'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { holdsAsWords, holdsSpelled } from './spellings.ts'

async function answers(value: string, texts: readonly string[]): Promise<readonly boolean[]> {
  await using database = await Database.open({ path: ':memory:' })
  using session = await database.session()
  const rows = await session.rows<{ held: boolean }>(
    `select ${holdsAsWords([value], sql`text`).text} as held from (values ${sql.join(texts.map((text, index) => sql`(${index}, ${text})`)).text}) t(i, text) order by i`,
  )
  return rows.map(({ held }) => held)
}

const escaped = (text: string, upper = false): string =>
  [...text]
    .map((char) =>
      char.charCodeAt(0) < 128
        ? char
        : char
            .split('')
            .map((unit) => {
              const digits = unit.charCodeAt(0).toString(16).padStart(4, '0')
              return `\\u${upper ? digits.toUpperCase() : digits}`
            })
            .join(''),
    )
    .join('')

describe('a value in a text', () => {
  it('is found as each writer escapes it, capitals or not, composed or not', async () => {
    const name = 'Zoéline Ünikova'
    const texts = [
      name,
      `{"name":"${escaped(name)}", "n": `,
      `{"name":"${escaped(name, true)}"`,
      `{"name":"Zo\\u00e9line Ünikova"`,
      `{"name":"zo\\u00E9line \\u00fcnikova"`,
      `{"name":"\\u005ao\\u00e9line Ünikova"`,
      `{"note":"call\\n${name}"}`,
      name.normalize('NFD'),
      encodeURIComponent(name),
      encodeURIComponent(name).replace('%20', '+'),
      'Zo&#233;line &#xDC;nikova',
    ]
    expect(await answers(name, texts)).toEqual(texts.map(() => true))
  })

  it('is found with quotes, slashes and signs beyond the basic plane', async () => {
    expect(await answers('A "B" 1/2', ['{"a":"A \\"B\\" 1\\/2"', '1,"A ""B"" 1/2"', 'A B 1/2'])).toEqual([
      true,
      true,
      false,
    ])
    expect(await answers('ab😀', ['ab\\ud83d\\ude00', 'ab\\uD83D\\uDE00', 'ab😀', 'ab\\ud83d'])).toEqual([
      true,
      true,
      true,
      false,
    ])
    expect(await answers('zoe@x.org', ['zoe\\u0040x.org', 'ZOE%40x.org', 'zoe@xxorg', 'azoe@x.org'])).toEqual(
      [true, true, false, false],
    )
  })

  it('is no part of another word', async () => {
    expect(await answers('17850', ['178501', 'x17850', '\\n17850', '\\u00e917850', 'id 17850.'])).toEqual([
      false,
      false,
      true,
      false,
      true,
    ])
  })

  it('is found in whatever JSON writes of it, for any text', async () => {
    await using database = await Database.open({ path: ':memory:' })
    using session = await database.session()
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((text) => !text.includes('\0')),
        async (value) => {
          for (const text of [JSON.stringify(value), escaped(JSON.stringify(value)), value]) {
            const { held } = await session.row<{ held: boolean }>(
              `select ${holdsSpelled(value, sql.literal(text)).text} as held`,
            )
            expect(held, text).toBe(true)
          }
        },
      ),
      { seed: 20261129, numRuns: 150 },
    )
  })
})
