import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { csvRecords } from './csv-records.ts'
import { scanBytes } from './scan-bytes.ts'

const folder = mkdtempSync(join(tmpdir(), 'sillage-forget-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function* inChunks(text: string, size: number): AsyncGenerator<string> {
  const bytes = Buffer.from(text).toString('latin1')
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size)
}

async function records(text: string, size: number) {
  const found = []
  for await (const record of csvRecords(inChunks(text, size))) found.push(record)
  return found
}

const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`

describe('records of CSV', () => {
  it('keep every byte and every cell, wherever the file is cut', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', ';', '\n', '\r\n', ' ', '\u{1f600}') })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 20 }),
        fc.constantFrom(',', ';'),
        async (rows, size, delimiter) => {
          const text = `id${delimiter}name\n${rows.map((row) => `${row.map(quoted).join(delimiter)}\n`).join('')}`
          const found = await records(text, size)
          expect(Buffer.from(found.map(({ bytes }) => bytes).join(''), 'latin1').toString()).toBe(text)
          expect(found.slice(1).map(({ cells }) => cells)).toEqual(rows)
        },
      ),
    )
  })

  it('read a byte-order mark, Windows line ends and a last line without an end', async () => {
    const found = await records('\u{feff}id;nom\r\n1;Zoé\r\n2;b', 3)
    expect(found.map(({ cells }) => cells)).toEqual([
      ['id', 'nom'],
      ['1', 'Zoé'],
      ['2', 'b'],
    ])
  })
})

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
