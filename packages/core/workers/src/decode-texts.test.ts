import { Dictionary, Int32, Utf8, vectorFromArray } from 'apache-arrow'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { batchMaker } from './batch-maker.ts'
import { textsOf } from './decode-texts.ts'

const { batch, text, integer } = batchMaker(new Set())
const cell = fc.option(fc.oneof(fc.string({ maxLength: 8 }), fc.string({ unit: 'grapheme', maxLength: 8 })))
// Half a character is no text: it comes back as the sign that stands for it.
const whole = (value: string | null): string | null => (value === null ? null : Buffer.from(value).toString())

test('texts are what they were, nulls too, also of a slice', () => {
  fc.assert(
    fc.property(fc.array(cell, { maxLength: 40 }), fc.nat({ max: 40 }), (cells, from) => {
      const made = batch({ n: integer(cells.map((_, row) => row)), word: text(cells) })
      expect(textsOf(made, 'word')).toEqual(cells.map(whole))
      expect(textsOf(made.slice(from), 'word')).toEqual(cells.slice(from).map(whole))
    }),
  )
})

test('blocks of other letters than ASCII stand beside those of it', () => {
  const words = Array.from({ length: 5000 }, (_, row) =>
    row === 3000 ? 'été' : row % 7 === 0 ? null : `w${row}`,
  )
  expect(textsOf(batch({ word: text(words) }), 'word')).toEqual(words)
})

test('an enum is text; numbers are none, and a column that is not there is said', () => {
  const enumerated = vectorFromArray(['a', null, 'a'], new Dictionary(new Utf8(), new Int32()))
  expect(textsOf(batch({ word: enumerated }), 'word')).toEqual(['a', null, 'a'])
  expect(() => textsOf(batch({ n: integer([1]) }), 'n')).toThrow('column "n" is Int64 and no text')
  expect(() => textsOf(batch({ n: integer([1]) }), 'm')).toThrow('no column "m"')
})
