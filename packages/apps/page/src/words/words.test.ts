import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { languages, makeSpeech, type Word } from './language.tsx'

const { en, ...others } = languages
const places = (text: string): readonly string[] =>
  [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!).sort()

it.each(Object.entries(others))('%s has the words of English, with the same places', (_, { words }) => {
  expect(Object.keys(words)).toEqual(Object.keys(en.words))
  for (const [word, text] of Object.entries(words)) {
    expect(text.trim(), word).not.toBe('')
    expect(places(text), word).toEqual(places(en.words[word as Word]))
  }
})

it('each word is said somewhere', () => {
  const source = fileURLToPath(new URL('..', import.meta.url))
  const text = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !/^words|\.test\./.test(file))
    .map((file) => readFileSync(`${source}/${file}`, 'utf8'))
    .join('\n')
  const families = [...text.matchAll(/`([a-z]+(?:\.[a-z]+)*\.)\$\{/g)].map(([, family]) => family!)
  const unsaid = Object.keys(en.words).filter(
    (word) =>
      !text.includes(`'${word}'`) &&
      !text.includes(`"${word}"`) &&
      !families.some((family) => word.startsWith(family)),
  )
  expect(unsaid).toEqual([])
})

it('numbers, shares and times are those of the language; a share that is there is never none', () => {
  const english = makeSpeech('en')
  const french = makeSpeech('fr')
  expect(english.number(1234567)).toBe('1,234,567')
  expect(french.number(1234567).replaceAll(/\s/g, ' ')).toBe('1 234 567')
  expect(english.seconds(9.123)).toBe('9.12 s')
  expect(french.seconds(9.123)).toBe('9,12 s')
  expect(english.seconds(125)).toBe('2 min 5 s')
  expect(english.percent(0)).toBe('0%')
  expect(english.percent(0.00001)).toBe('< 0.1%')
  expect(english.day('2014-05-23')).toBe('23 May 2014')
  expect(french.day('2014-05-23')).toBe('23 mai 2014')
  expect(english.date('no time')).toBe('no time')
  expect(english.say('runs.between', { from: '{to}', to: '2', last: '3' })).toBe('from {to} to 2; the last 3')
})
