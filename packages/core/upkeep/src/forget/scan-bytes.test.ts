import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { filesUnder, scanBytes } from './scan-bytes.ts'

const folder = mkdtempSync(join(tmpdir(), 'sillage-forget-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('scanning bytes', () => {
  const file = join(folder, 'bytes')
  const chunk = 8 * 2 ** 20
  const found = (content: Buffer, value = '17850') => {
    writeFileSync(file, content)
    return scanBytes(file, [{ value, column: 'id' }]).map(({ found }) => found)
  }
  const at = (...places: readonly number[]) => {
    const content = Buffer.alloc(chunk * 2 + 100, ' ')
    for (const place of places) content.write('17850', place)
    return content
  }

  it('finds each place once, at the ends and across chunks', () => {
    for (const place of [0, 1, chunk - 12, chunk - 6, chunk - 5, chunk - 3, chunk, chunk + 1, 2 * chunk - 2])
      expect(found(at(place)), String(place)).toEqual([1])
    expect(found(at(0, chunk - 5, chunk + 5, 2 * chunk + 95))).toEqual([4])
    expect(found(Buffer.from('17850'))).toEqual([1])
    expect(found(Buffer.from(''))).toEqual([])
  })

  it('finds words only', () => {
    expect(found(Buffer.from('178501 a17850 17850b 217850'))).toEqual([])
    expect(found(Buffer.from('"17850",17850\0'))).toEqual([2])
    const content = at(chunk - 5)
    content.write('1', chunk)
    expect(found(content)).toEqual([])
    const before = at(chunk)
    before.write('1', chunk - 1)
    expect(found(before)).toEqual([])
  })
})

describe('files', () => {
  it('are those below some paths, sorted, each once, links left out', () => {
    const under = join(folder, 'under')
    mkdirSync(join(under, 'inner'), { recursive: true })
    for (const name of ['b', 'a', 'inner/c']) writeFileSync(join(under, name), '')
    symlinkSync(join(under, 'a'), join(under, 'link'))
    symlinkSync(under, join(folder, 'linked'))
    expect(filesUnder([under, join(under, 'a'), join(folder, 'none'), join(folder, 'linked')])).toEqual(
      ['a', 'b', 'inner/c'].map((name) => join(under, name)),
    )
  })
})
