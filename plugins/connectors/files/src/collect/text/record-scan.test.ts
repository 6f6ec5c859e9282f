import fc from 'fast-check'
import { expect, it } from 'vitest'
import { RecordScan } from './record-scan.ts'

/** The same facts from the whole text at once, character by character. */
function oracle(text: string) {
  const records: string[] = []
  let [record, quoted, last, crlf, lf, cr, start] = ['', false, '\n', false, false, false, 0]
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at]!
    cr ||= char === '\r' && text[at + 1] !== '\n' && !quoted
    if (quoted && char === '"' && text[at + 1] === '"') {
      record += '""'
      at += 1
      last = '"'
      continue
    }
    if (char === '"') quoted = quoted ? false : '\n\r\t ,;|'.includes(last)
    if (char === '\n' && !quoted) {
      crlf ||= last === '\r'
      lf ||= last !== '\r'
      records.push(record)
      record = ''
      start = at + 1
    } else record += char
    last = char
  }
  return {
    lineEnds: [crlf ? 'crlf' : [], lf ? 'lf' : [], cr ? 'cr' : []].flat(),
    longest: Math.max(0, record.length, ...records.map(({ length }) => length)),
    records: records.length,
    open: quoted ? { at: start, bytes: record.length } : undefined,
  }
}

it('finds mixed line ends, the number of records and the open quote, however the text is cut into chunks', () => {
  const text = fc.string({
    unit: fc.constantFrom('"', '"', ',', '\n', '\r\n', '\r', 'a', ' '),
    maxLength: 40,
  })
  fc.assert(
    fc.property(fc.array(text, { maxLength: 5 }), (chunks) => {
      const scan = new RecordScan('"', { counts: true })
      for (const chunk of chunks) scan.read(Buffer.from(chunk))
      const { lineEnds, open, records } = scan.facts
      const { longest: _, ...expected } = oracle(chunks.join(''))
      expect({ lineEnds, open, records }).toEqual(expected)
    }),
    { numRuns: 2000 },
  )
})

it('measures records longer than a megabyte, with and without quotes, over chunks', () => {
  const long = (size: number) => 'x'.repeat(size)
  for (const records of [[5, 3e6, 7], [1.5e6], [9e5, 9e5, 2.2e6, 1.1e6], [1e6 + 1, 2e6]]) {
    const text = Buffer.from(records.map((size) => `${long(size)}\n`).join(''))
    for (const head of ['', '"q"\n']) {
      const scan = new RecordScan('"')
      scan.read(Buffer.from(head))
      for (let at = 0; at < text.length; at += 700_001) scan.read(text.subarray(at, at + 700_001))
      expect(scan.facts.longestRecord).toBe(Math.max(...records))
    }
  }
})
