import { parseYaml } from '@sillage/pipeline'
import { describe, expect, it } from 'vitest'
import { checkInbox } from './check-inbox.ts'
import { compileForm, formSchema } from './form-check.ts'
import type { InboxText } from './form-text.ts'

/** `inbox:` of a sillage.yaml, and what is wrong with it. */
async function read(text: string) {
  const { value, locate } = parseYaml(text, 'sillage.yaml')
  const { inbox } = value as { readonly inbox: InboxText }
  return { inbox, diagnostics: await checkInbox(inbox, locate) }
}

describe('forms that are declared wrongly', () => {
  it.each([
    ['type_wrong', 3, 'inbox:\n  forms:\n    news: 5\n'],
    ['key_missing', 3, 'inbox:\n  forms:\n    news: { rate: 5 }\n'],
    ['key_unknown', 3, 'inbox:\n  forms:\n    news: { feilds: {}, fields: { a: { type: text } } }\n'],
    ['value_unknown', 5, 'inbox:\n  forms:\n    news:\n      fields:\n        a: { type: txt }\n'],
    ['name_invalid', 3, 'inbox:\n  forms:\n    "../x": { fields: { a: { type: text } } }\n'],
    ['name_invalid', 3, 'inbox:\n  forms:\n    news: { fields: { _a: { type: text } } }\n'],
    [
      'honeypot_declared',
      5,
      'inbox:\n  forms:\n    news:\n      fields: { a: { type: text } }\n      honeypot: a\n',
    ],
    ['field_invalid', 3, 'inbox:\n  forms:\n    news: { fields: { a: { type: integer, format: email } } }\n'],
    ['field_invalid', 3, 'inbox:\n  forms:\n    news: { fields: { a: { type: text, pattern: "(" } } }\n'],
    [
      'field_invalid',
      3,
      'inbox:\n  forms:\n    news: { fields: { a: { type: text, pattern: "(a)\\\\1" } } }\n',
    ],
    [
      'field_invalid',
      3,
      'inbox:\n  forms:\n    news: { fields: { a: { type: text, pattern: "(?=a)a" } } }\n',
    ],
    [
      'field_invalid',
      3,
      'inbox:\n  forms:\n    news: { fields: { a: { type: text, pattern: "(?<!b)a" } } }\n',
    ],
    ['field_invalid', 3, 'inbox:\n  forms:\n    news: { fields: { a: { type: text, pattern: "a)|(b" } } }\n'],
    ['field_invalid', 3, 'inbox:\n  forms:\n    news: { fields: { a: { type: text, min: 3, max: 2 } } }\n'],
    ['field_invalid', 3, 'inbox:\n  forms:\n    news: { fields: { a: { type: boolean, max: 2 } } }\n'],
    [
      'value_invalid',
      3,
      'inbox:\n  forms:\n    news: { origins: [shop.example], fields: { a: { type: text } } }\n',
    ],
    [
      'secret_expected',
      3,
      'inbox:\n  forms:\n    news: { hmac: plain-secret, fields: { a: { type: text } } }\n',
    ],
  ])('%s at line %i', async (code, line, text) => {
    const { diagnostics } = await read(text)
    expect(diagnostics).toMatchObject([{ code, line, hint: expect.any(String) }])
    expect(JSON.stringify(diagnostics)).not.toContain('plain-secret')
  })
})

it('a form compiles to a check that names fields and codes, and to the schema that others see', async () => {
  const { inbox } = await read(`inbox:
  forms:
    news:
      fields:
        email: { type: text, required: true, format: email }
        site: { type: text, format: url }
        on: { type: text, format: date }
        age: { type: integer, min: 0, max: 150 }
        share: { type: number }
        news: { type: boolean }
        wines: { type: list, max: 2, one_of: [red, white] }
        code: { type: text, pattern: "a|b" }
`)
  const form = inbox.forms.news!
  const check = await compileForm(form)
  expect(
    check({
      email: 'zoé@exemple.fr'.replace('é', 'e'),
      site: 'https://x.fr/a',
      on: '2024-02-29',
      age: 150,
      share: 1.5,
      news: false,
      wines: ['red'],
      code: 'a',
      other: { a: 1 },
    }),
  ).toEqual([])
  const wrong = check({
    site: 'x',
    on: '2023-02-29',
    age: 151,
    share: '1',
    news: 1,
    wines: ['red', 'white', 'rosé'],
    code: 'ab',
  })
  expect(wrong.map(({ field, code }) => `${field} ${code}`).sort()).toEqual([
    'age above_max',
    'code pattern_wrong',
    'email missing',
    'news type_wrong',
    'on format_wrong',
    'share type_wrong',
    'site format_wrong',
    'wines not_among',
    'wines too_many',
  ])
  expect(formSchema(form)).toMatchObject({
    required: ['email'],
    properties: { age: { type: 'integer', maximum: 150 } },
  })
})

it('a pattern takes time by the length of a text alone, whatever its ways to match', async () => {
  for (const pattern of ['(a+)+', '(a|aa)*', '([a-z]+)*\\d', '(.*)*x']) {
    const check = await compileForm({ fields: { a: { type: 'text', pattern } } })
    expect(check({ a: `${'a'.repeat(50_000)}!` })).toEqual([{ field: 'a', code: 'pattern_wrong' }])
  }
})
