import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openBench, openScan } from '@sillage/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import plugin from './csv.ts'

type Content = string | Buffer

/** What the scan of the files gives, with places, and what it refuses. */
const read = async (
  files: Readonly<Record<string, Content>>,
  config: object = {},
  order = '_file, _line',
) => {
  await using bench = await openBench()
  for (const [name, content] of Object.entries(files)) writeFileSync(join(bench.folder, name), content)
  const scan = await openScan(bench, plugin, { path: '*', ...config })
  const rows = await bench.rows(`select * from (${scan.select({ provenance: true })}) order by ${order}`)
  await bench.run(`create table again as ${scan.select({ provenance: false })}`)
  const again = await bench.rows('select count(*) as n from again')
  expect(again[0]!.n).toBe(rows.length)
  const columns = await bench.columns(`(${scan.select({ provenance: false })})`)
  return {
    rows,
    refused: await bench.rows(scan.refused!),
    detected: scan.detected!,
    types: columns.map(({ type }) => type),
  }
}

const withoutPlace = (rows: readonly Readonly<Record<string, unknown>>[]) =>
  rows.map(({ _file, _line, ...rest }) => rest)

it('finds types by all rows, also where the quotes of the first are broken', async () => {
  const { rows, types, refused } = await read({
    'a.csv': 'id,note,amount\n1,x,3\n',
    'b.csv': 'id,note,amount\n2,"un"closed,4\n3,x,2.75\n',
  })
  expect(types).toEqual(['BIGINT', 'VARCHAR', 'DECIMAL(18,2)'])
  expect(withoutPlace(rows)).toEqual([
    { id: 1, note: 'x', amount: '3.00' },
    { id: 3, note: 'x', amount: '2.75' },
  ])
  expect(refused).toHaveLength(1)
})

const codeOf = async (content: Content, config: object = {}) =>
  read({ 'x.csv': content }, config).then(
    () => 'read',
    (error: { code: string }) => error.code,
  )

const utf16 = (text: string, bigEndian = false) => {
  const bytes = Buffer.from(`\u{feff}${text}`, 'utf16le')
  return bigEndian ? bytes.swap16() : bytes
}

describe('collect/csv', () => {
  it('types a column only where every value of the whole file comes back digit by digit', async () => {
    const lines = Array.from(
      { length: 30_000 },
      (_, row) => `${row},${row === 29_000 ? '0123' : row},1.5,2014-05-23,true`,
    )
    const { types, rows } = await read({ 'x.csv': `a,b,c,d,e\n${lines.join('\n')}\n` })
    expect(types).toEqual(['BIGINT', 'VARCHAR', 'DECIMAL(18,1)', 'DATE', 'BOOLEAN'])
    expect(rows[29_000]).toMatchObject({ a: 29_000, b: '0123' })
  })

  it.each([
    '007',
    '+33612345678',
    '1e3',
    'C536379',
    '23/05/2014',
    '1 234',
    '1,5',
    'TRUE',
    '12345678901234567890',
    '2014-02-30',
    '-0',
    '1.',
  ])('leaves %s text', async (value) => {
    const { rows, types } = await read({ 'x.csv': `a;b\n${value};1\n` })
    expect([rows[0]!.a, types[0]]).toEqual([value, 'VARCHAR'])
  })

  it('takes a blank line for nothing, but for a value that is missing where there is one column', async () => {
    expect(withoutPlace((await read({ 'x.csv': 'a,b\n1,2\n\n3,4\n\n' })).rows)).toEqual([
      { a: 1, b: 2 },
      { a: 3, b: 4 },
    ])
    expect(withoutPlace((await read({ 'x.csv': 'a\n1\n\n3\n' })).rows)).toEqual([
      { a: 1 },
      { a: null },
      { a: 3 },
    ])
  })

  it('leaves a column text where one value only looks like a day', async () => {
    const { rows, types } = await read({ 'x.csv': 'id,day\n1,2025-12-20\n2,2025-13-40\n3,\n' })
    expect(types).toEqual(['BIGINT', 'VARCHAR'])
    expect(withoutPlace(rows)).toEqual([
      { id: 1, day: '2025-12-20' },
      { id: 2, day: '2025-13-40' },
      { id: 3, day: null },
    ])
  })

  it('gives every cell back as it was written (any cells)', async () => {
    const cell = fc
      .string({ unit: fc.constantFrom(...'ab0159.-+ "\',;\n\té'), maxLength: 6 })
      .filter((text) => text === text.trim())
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 12 }),
        fc.constantFrom(',', ';', '\t'),
        async (records, delimiter) => {
          const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
          const lines = [
            `name${delimiter}city`,
            ...records.map((record) => record.map(quoted).join(delimiter)),
          ]
          const config = { all_text: true, delimiter, header: true }
          const { rows, refused } = await read({ 'x.csv': `${lines.join('\n')}\n` }, config)
          expect(refused).toEqual([])
          expect(withoutPlace(rows)).toEqual(
            records.map(([name, city]) => ({ name: name || null, city: city || null })),
          )
        },
      ),
      { numRuns: 25 },
    )
  })

  it.each([
    ['UTF-8 with a mark', Buffer.from('\u{feff}é;b\nœ;2\n'), 'utf-8'],
    ['UTF-16 little-endian', utf16('é;b\nœ;2\n'), 'utf-16le'],
    ['UTF-16 big-endian', utf16('é;b\nœ;2\n', true), 'utf-16be'],
    ['Windows-1252', Buffer.from([0xe9, 0x3b, 0x62, 0x0a, 0x9c, 0x3b, 0x32, 0x0a]), 'windows-1252'],
  ])('finds %s', async (_, content, encoding) => {
    const { rows, detected } = await read({ 'x.csv': content })
    expect(withoutPlace(rows)).toEqual([{ é: 'œ', b: 2 }])
    expect(detected.encoding).toBe(encoding)
  })

  it('keeps characters whole where chunks of the file end', async () => {
    const text = `a\n${'é'.repeat(3)}${`${'xé€😀'.repeat(8)}\n`.repeat(50_000)}`
    const { detected, rows } = await read({ 'x.csv': text }, { all_text: true })
    expect(detected.encoding).toBe('utf-8')
    expect(rows.length).toBe(50_000)
    const wide = await read({ 'x.csv': utf16(text) }, { all_text: true })
    expect(wide.rows).toEqual(rows)
  })

  it('takes the encoding that is given, and refuses UTF-8 that is none', async () => {
    expect(
      withoutPlace(
        (await read({ 'x.csv': Buffer.from([0x61, 0x0a, 0x80, 0x0a]) }, { encoding: 'latin-1' })).rows,
      ),
    ).toEqual([{ a: '\u0080' }])
    expect(
      withoutPlace(
        (await read({ 'x.csv': Buffer.from([0x61, 0x0a, 0x80, 0x0a]) }, { encoding: 'cp1252' })).rows,
      ),
    ).toEqual([{ a: '€' }])
    expect(await codeOf(Buffer.from([0x61, 0x0a, 0x80, 0x0a]), { encoding: 'utf-8' })).toBe('wrong_encoding')
  })

  it('refuses ragged lines and open quotes with file, line and text, once each', async () => {
    const { rows, refused } = await read({
      'x.csv': 'a,b,c\r\n1,2,3\r\n4\r\n5,6,7,8\r\n"x\r\ny",2,3\r\n9,9,9\r\n"open,1,2\r\n',
    })
    expect(withoutPlace(rows)).toEqual([
      { a: '1', b: 2, c: 3 },
      { a: 'x\r\ny', b: 2, c: 3 },
      { a: '9', b: 9, c: 9 },
    ])
    expect(refused.map(({ _file, _line, _raw, code }) => [_file, _line, _raw, code])).toEqual([
      ['x.csv', 3, '4', 'missing_columns'],
      ['x.csv', 4, '5,6,7,8', 'too_many_columns'],
      ['x.csv', 7, '"open,1,2', 'unclosed_quote'],
    ])
  })

  it('reads cells of megabytes wherever they stand, and says so where a record is longer than 64 MB', async () => {
    const sizes = [1, 1e6, 1, 3e6, 17e6, 1, 2.5e6, 1]
    const lines = (of: readonly number[]) => of.map((size, row) => `${row},${'x'.repeat(size)}`).join('\n')
    const { rows, refused } = await read({ 'x.csv': `a,b\n${lines(sizes)}\n` })
    expect(rows.map(({ b }) => String(b).length)).toEqual(sizes)
    expect(refused).toEqual([])
    expect(await codeOf(`a,b\n${lines([1, 65e6, 1])}\n`)).toBe('record_too_long')
  })

  it('stops at a quote that would hide the lines after it', async () => {
    const lines = Array.from({ length: 5000 }, (_, row) => `${row},"x"\n`).join('')
    await expect(read({ 'x.csv': `a,b\n${lines}1,"open\n${'2,y\n'.repeat(5000)}` })).rejects.toMatchObject({
      code: 'open_quote',
      message: 'x.csv:5002 opens a quote that nothing closes',
    })
    expect(await codeOf(`a,b\n1,5" pipe\n${'2,y\n'.repeat(5000)}`)).toBe('read')
    const { rows } = await read({ 'x.csv': `a,b\n1,"${'line\n'.repeat(600_000)}"\n2,"a ""b"" c"\n` })
    expect(rows.map(({ b }) => String(b).length)).toEqual([3_000_000, 7])
  })

  it('refuses the lines of another encoding that got into a UTF-8 file', async () => {
    const text = Buffer.concat([
      Buffer.from('a,b\n1,é\n2,è\n3,'),
      Buffer.from([0xe9]),
      Buffer.from('x\n4,ok\n'),
    ])
    const { rows, refused, detected } = await read({ 'x.csv': text })
    expect(detected.encoding).toBe('utf-8')
    expect(rows.map(({ a }) => a)).toEqual([1, 2, 4])
    expect(refused.map(({ code, _line }) => [code, _line])).toEqual([['invalid_encoding', 4]])
    const mixed = await read({ 'x.csv': Buffer.concat([text, Buffer.from('5,y\r\n')]) })
    expect([mixed.rows.length, mixed.refused.length]).toEqual([4, 1])
  })

  it('reads mixed, old and missing line ends', async () => {
    const expected = [
      { a: 1, b: 2 },
      { a: 3, b: 4 },
      { a: 5, b: 6 },
    ]
    for (const text of ['a,b\r\n1,2\n3,4\r\n5,6', 'a,b\n1,2\r\n3,4\n5,6\n', 'a,b\r1,2\r3,4\r5,6\r']) {
      expect(withoutPlace((await read({ 'x.csv': text })).rows)).toEqual(expected)
    }
    expect(withoutPlace((await read({ 'x.csv': 'a,b\r\n1,"x\ny"\r\n' })).rows)).toEqual([{ a: 1, b: 'x\ny' }])
  })

  it('finds the delimiter that cuts lines evenly, and whether there is a header', async () => {
    expect((await read({ 'x.csv': 'nom;montant\nA;1,5\nB, C;2,5\n' })).detected).toMatchObject({
      delimiter: ';',
      header: 'yes',
    })
    expect((await read({ 'x.csv': '1|x\n2|y\n' })).detected).toMatchObject({ delimiter: '|', header: 'no' })
    expect((await read({ 'x.csv': 'id,2013,2014\nx,5,6\ny,7,8\n' })).detected.header).toBe('no')
    expect((await read({ 'x.csv': 'id,2013,2014\nx,5,6\n' }, { header: true })).rows[0]).toMatchObject({
      id: 'x',
      '2013': 5,
    })
    expect((await read({ 'x.csv': 'a\tb\n1\t2\n' }, { delimiter: 'tab' })).rows[0]).toMatchObject({
      a: 1,
      b: 2,
    })
    expect((await read({ 'x.csv': 'a, b\n1, x\n' }, { delimiter: ', ' })).rows[0]).toMatchObject({
      a: 1,
      b: 'x',
    })
  })

  it('makes names that a relation can bear', async () => {
    const { rows, detected } = await read({ 'x.csv': 'a,A,,_line, b \n1,2,3,4,5\n' })
    expect(withoutPlace(rows)).toEqual([{ a: 1, A_1: 2, column3: 3, line: 4, b: 5 }])
    expect(detected.renamed).toBe('A_1, column3, line, b')
    expect(withoutPlace((await read({ 'x.csv': 'a,b\n1,2\n' }, { names: ['c', 'd'] })).rows)).toEqual([
      { c: 1, d: 2 },
    ])
    expect(await codeOf('a,b\n1,2\n', { names: ['c'] })).toBe('names_do_not_fit')
  })

  it('unites files by name, each with its own dialect, and numbers the lines of each', async () => {
    const { rows, types } = await read({ 'a.csv': 'id,name\n1,x\n', 'b.csv': 'Name;ID;more\ny;007;z\n' })
    expect(types).toEqual(['VARCHAR', 'VARCHAR', 'VARCHAR'])
    expect(rows).toEqual([
      { id: '1', name: 'x', more: null, _file: 'a.csv', _line: 2 },
      { id: '007', name: 'y', more: 'z', _file: 'b.csv', _line: 2 },
    ])
  })

  it('reads null words and unquoted quotes where it is told to', async () => {
    expect(withoutPlace((await read({ 'x.csv': 'a,b\nNA,1\n,2\n' }, { nulls: ['NA'] })).rows)).toEqual([
      { a: null, b: 1 },
      { a: null, b: 2 },
    ])
    expect(withoutPlace((await read({ 'x.csv': 'a|b\n5"|"x\n' }, { quote: '' })).rows)).toEqual([
      { a: '5"', b: '"x' },
    ])
  })

  it('takes no blank line for the header', async () => {
    for (const text of [
      '\n\n\nid,name\n1,a\n\n2,b,c\n',
      '\r\n\r\nid,name\r\n1,a\r\n2,b,c\r\n',
      '\ufeff\n  \nid,name\n1,a\n2,b,c\n',
    ]) {
      const { rows, refused, types } = await read({ 'x.csv': text })
      expect(rows).toEqual([{ id: 1, name: 'a', _file: 'x.csv', _line: text.startsWith('\n') ? 5 : 4 }])
      expect(types).toEqual(['BIGINT', 'VARCHAR'])
      expect(refused).toHaveLength(1)
    }
    const { rows } = await read({ 'x.csv': '\n\nid,name\nx,y\n' }, { all_text: true })
    expect(withoutPlace(rows)).toEqual([{ id: 'x', name: 'y' }])
  })

  it('heeds the first line by which Excel is told the delimiter', async () => {
    for (const [text, line] of [
      ['sep=;\r\nid;name\r\n1;a,b\r\n2;c;d\r\n', 3],
      ['\ufeffSEP=|\n\nid|name\n1|a,b\n2|c|d\n', 4],
    ] as const) {
      const { rows, refused } = await read({ 'x.csv': text })
      expect(rows).toEqual([{ id: 1, name: 'a,b', _file: 'x.csv', _line: line }])
      expect(refused).toMatchObject([{ _line: line + 1 }])
    }
    const { rows } = await read({ 'x.csv': 'sep=;\n1;2\n3;4\n' }, { header: false, names: ['a', 'b'] })
    expect(rows.map(({ a, _line }) => [a, _line])).toEqual([
      [1, 2],
      [3, 3],
    ])
  })

  it('reads lines that end in different ways, one of them a lone return', async () => {
    const { rows, refused } = await read({ 'x.csv': 'id,name\r\n1,a\n2,b\r3,"c\r\nd"\r\n4\r' })
    expect(rows).toEqual([
      { id: 1, name: 'a', _file: 'x.csv', _line: 2 },
      { id: 2, name: 'b', _file: 'x.csv', _line: 3 },
      { id: 3, name: 'c\nd', _file: 'x.csv', _line: 4 },
    ])
    expect(refused).toHaveLength(1)
  })

  it('reads a header alone as no row, and says what is wrong with what is no CSV file', async () => {
    expect((await read({ 'x.csv': 'a,b\n' })).rows).toEqual([])
    expect(await codeOf('')).toBe('file_empty')
    expect(await codeOf('\n\n')).toBe('file_empty')
    expect(await codeOf('a,b\n1,2\n', { delimiter: ';' })).toBe('wrong_delimiter')
    for (const start of ['PK\u0003\u0004', '\u001f\u008b', 'PAR1', 'ARROW1\0\0', '\u00d0\u00cf\u0011\u00e0'])
      expect(await codeOf(Buffer.from(`${start}${'\0x'.repeat(50)}`, 'latin1'))).toBe('file_not_text')
    expect((await read({ 'x.csv': 'id,na\0me\n1,x\n' })).rows).toMatchObject([{ id: 1, name: 'x' }])
    await using bench = await openBench()
    mkdirSync(join(bench.folder, 'orders.d'))
    writeFileSync(join(bench.folder, 'orders.csv'), 'a\n1\n')
    const code = (path: string) =>
      openScan(bench, plugin, { path }).catch((error: { code: string }) => error.code)
    expect(await code('orders.d')).toBe('file_is_folder')
    expect(await code('order.csv')).toBe('file_not_found')
  })
})
