import { decodeHTMLStrict } from 'entities/decode'
import { expect, it } from 'vitest'
import { namedEntities, windowsCharacters } from './html-entities.ts'

it('the entities that are written out are what a library of the standard says', () => {
  expect(namedEntities.size).toBe(346)
  for (const [name, char] of namedEntities) expect(char, name).toBe(decodeHTMLStrict(`&${name};`))
  const numbered = Array.from({ length: 32 }, (_, index) => decodeHTMLStrict(`&#${128 + index};`))
  expect(windowsCharacters).toBe(numbered.join(''))
})
