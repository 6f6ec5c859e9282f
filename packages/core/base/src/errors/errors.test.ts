import { describe, expect, it } from 'vitest'
import { ownCode } from './code.ts'
import type { ErrorEntry } from './error-entry.ts'
import { errorAreas, errors, exitOf, hintOf } from './errors.ts'
import { reasons } from './reasons.ts'
import { readSources, saidCodes } from './said-codes.fixture.ts'

const sources = readSources()
const said = [...sources].flatMap(([file, text]) => saidCodes(file, text))
/** What proves the product says codes of it too. */
const inProduct = said.filter(({ at }) => !at.startsWith('packages/proof/'))
const listed = [...Object.keys(errors), ...Object.keys(reasons)]
/** The folder of the package in which a place stands. */
const roomOf = (at: string): string => at.split('/src/')[0]!.split('/').at(-1)!
const isReason = (head: string): boolean => Object.keys(reasons).some((one) => one.startsWith(head))
const isSaid = (code: string, { asReason }: { readonly asReason: boolean }): boolean =>
  said.some((one) =>
    one.isHead ? isReason(one.code) === asReason && code.startsWith(one.code) : code === one.code,
  )

describe('the registry of codes', () => {
  it('has every code that a source says', () => {
    const strays = inProduct.filter(({ code, isHead }) =>
      isHead ? !listed.some((one) => one.startsWith(code)) : !listed.includes(code),
    )
    expect(strays).toEqual([])
    expect(said.length).toBeGreaterThan(300)
  })

  it('has no code that no source says', () => {
    expect(Object.keys(errors).filter((code) => !isSaid(code, { asReason: false }))).toEqual([])
  })

  it('has no reason that no source says', () => {
    const texts = [...sources.values()].join('\n')
    const isWritten = (code: string): boolean =>
      texts.includes(`'${code}'`) || isSaid(code, { asReason: true })
    expect(Object.keys(reasons).filter((code) => !isWritten(code))).toEqual([])
  })

  it('names the rooms that say a code, and no others', () => {
    const wrong = Object.entries(errors as Readonly<Record<string, ErrorEntry>>).flatMap(
      ([code, { from }]) => {
        const saying = inProduct.filter((one) => (one.isHead ? code.startsWith(one.code) : one.code === code))
        const rooms = [...new Set(saying.map(({ at }) => roomOf(at)))].sort()
        const named = [from].flat().sort()
        return rooms.join() === named.join() ? [] : [`${code}: ${rooms.join(', ')}`]
      },
    )
    expect(wrong).toEqual([])
  })

  it('has each code once, with a sentence and a next action', () => {
    expect(Object.values(errorAreas).flatMap((area) => Object.keys(area))).toHaveLength(
      Object.keys(errors).length,
    )
    for (const [code, { text, hint }] of Object.entries(errors)) {
      expect(text, code).toMatch(/^\S.*[^.\s]$/)
      expect(hint, code).toMatch(/^\S.*[^.\s]$/)
    }
  })

  it('is what the codes in a source are found by', () => {
    const text = `
      const flaw = (key: string, code: Code) => diagnostic({ code, message: key })
      throw new SillageError({ code: late ? 'late' : (early ?? 'early'), message: '' })
      flaw('memory', 'full')
      const columns = { code: 'varchar', message: 'varchar' }
      const rule = { code: \`not_\${kind}\`, message: '' }
    `
    expect(saidCodes('a.ts', text).map(({ code, isHead }) => (isHead ? `${code}…` : code))).toEqual([
      'late',
      'early',
      'full',
      'not_…',
    ])
  })
})

describe('the exit code of an error', () => {
  it.each([
    ['check_failed', undefined, 1],
    ['too_many_rejects', undefined, 4],
    ['stage_invalid', undefined, 78],
    ['param_unknown', undefined, 2],
    ['busy', undefined, 75],
    ['mart_missing', 2, 2],
    ['word_of_a_plugin', undefined, 1],
    ['constructor', undefined, 1],
  ] as const)('%s, said %s, is %i', (code, exit, expected) => {
    expect(exitOf({ code: ownCode(code), exit })).toBe(expected)
  })
})

it('a hint is that of the place, else that of the registry, and none where a plugin gives none', () => {
  expect(hintOf({ code: 'busy', hint: 'wait for pid 7' })).toBe('wait for pid 7')
  expect(hintOf({ code: 'busy' })).toBe(errors.busy.hint)
  expect(hintOf({ code: 'word_of_a_plugin' })).toBeUndefined()
})
