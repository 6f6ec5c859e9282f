import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { csvRecords } from './csv-records.ts'

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

it.each([',', ';', '\t', '|'])(
  'a delimiter %j is found in the first line, whatever stands in quotes',
  async (delimiter) => {
    const header = ['"a,;|b"', 'c', 'd'].join(delimiter)
    const [first, second] = await records(`${header}\n1${delimiter}${delimiter}3`, 4)
    expect(first!.cells).toEqual(['a,;|b', 'c', 'd'])
    expect(second!.cells).toEqual(['1', '', '3'])
  },
)
