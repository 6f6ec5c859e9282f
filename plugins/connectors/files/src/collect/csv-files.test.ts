import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { deflateRawSync, gzipSync } from 'node:zlib'
import { openBench, openScan } from '@sillage/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CsvOptions } from './csv/options.ts'
import plugin from './csv.ts'
import { storedZip, zipOf } from './testing/zip-of.ts'

type Content = string | Buffer

/** What the scan gives: rows without their places, lines of the refused and their reasons, codes of warnings. */
async function read(files: Readonly<Record<string, Content>>, config: Partial<CsvOptions> = {}) {
  await using bench = await openBench()
  for (const [name, content] of Object.entries(files)) writeFileSync(join(bench.folder, name), content)
  const scan = await openScan(bench, plugin, { path: '*', ...config })
  const rows = await bench.rows(`select * from (${scan.select({ provenance: true })}) order by _file, _line`)
  return {
    rows: rows.map(({ _file, _line, ...rest }) => rest),
    lines: rows.map(({ _line }) => _line),
    refused: (await bench.rows(scan.refused!)).map(({ _line, code }) => [_line, code]),
    warnings: scan.warnings!.map(({ code }) => code),
    told: scan.warnings!.map(({ message }) => message).join('\n'),
  }
}

const codeOf = async (content: Content, config: Partial<CsvOptions> = {}, name = 'x.csv') =>
  read({ [name]: content }, config).then(
    () => 'read',
    (error: { code: string }) => error.code,
  )

describe('the first lines of a CSV file', () => {
  const report =
    'Rapport des contacts\nExporté le 05/01/2026\n\nid;nom;montant\n1;Société A;12,50\n2;Société B;7,00\nTotal;;19,50\n'

  it('a title above the header is passed over and told, and so is one that the configuration counts', async () => {
    const found = await read({ 'x.csv': report })
    expect(found.rows).toEqual([
      { id: '1', nom: 'Société A', montant: '12,50' },
      { id: '2', nom: 'Société B', montant: '7,00' },
      { id: 'Total', nom: null, montant: '19,50' },
    ])
    expect(found.lines).toEqual([5, 6, 7])
    expect(found.warnings).toEqual(['lines_before_header'])
    expect(await read({ 'x.csv': report }, { skip_lines: 3 })).toMatchObject({
      rows: found.rows,
      lines: [5, 6, 7],
      warnings: [],
    })
    const quoted = report.replace('Rapport des contacts', 'Rapport "des contacts')
    for (const config of [{}, { skip_lines: 3 }])
      expect(await read({ 'x.csv': quoted.replaceAll('\n', '\r\n') }, config)).toMatchObject({
        rows: found.rows,
        lines: [5, 6, 7],
      })
  })

  it('what may be a row is no header: one narrow first line is told and stays the header', async () => {
    const found = await read({ 'x.csv': 'names\nLyon,Paris\nNice,Brest\n' })
    expect(found.warnings).toEqual(['header_narrow'])
    expect(found.refused).toHaveLength(2)
    expect((await read({ 'x.csv': report }, { header: true })).warnings).toEqual(['header_narrow'])
  })

  it.each([
    ['a stray quote', 'id,the "big" one\n1,a\n2,b\n3,c\n', 'the "big" one', []],
    [
      'a closed quote with more behind',
      'id,"the "big" one"\n1,a\n2,b\n3,c\n',
      'the big one',
      ['header_quotes'],
    ],
    ['a quote that nothing closes', 'id,"the one\n1,a\n2,b\n3,c\n', 'the one', ['header_quotes']],
    ['a quote that a row closes', 'id,"the one\n1,a\n2,"b"\n3,c\n', 'the one', ['header_quotes']],
    ['a line break in quotes', 'id,"the\none"\n1,a\n2,b\n3,c\n', 'the\none', []],
  ])('%s in the header costs no row', async (_, content, name, warnings) => {
    const found = await read({ 'x.csv': content }, { all_text: true })
    expect(found.rows).toEqual([
      { id: '1', [name]: 'a' },
      { id: '2', [name]: 'b' },
      { id: '3', [name]: 'c' },
    ])
    expect(found.warnings).toEqual(warnings)
  })

  it('a broken header with refused rows behind: both have the lines of the file', async () => {
    const found = await read({ 'x.csv': 'id,"na"me\n1,a\n2\n3,c\n' })
    expect([found.lines, found.refused]).toEqual([[2, 3], [[3, 'missing_columns']]])
  })

  it('a rare delimiter is found where it cuts every line alike; quoted cells without one stop the run', async () => {
    for (const mark of ['~', '^', '\u0001', '\u001f'])
      expect(
        (await read({ 'x.csv': `"id"${mark}"city"\n"1"${mark}"Lyon"\n"2"${mark}"Nice"\n` })).rows,
      ).toEqual([
        { id: 1, city: 'Lyon' },
        { id: 2, city: 'Nice' },
      ])
    expect(await codeOf('"id"aa"city"\n"1"aa"Lyon"\n')).toBe('delimiter_not_found')
    expect(await codeOf('"id"aa"city"\n"1"aa"Lyon"\n', { delimiter: 'aa' })).toBe('read')
    expect(await codeOf('"city"\n"Lyon"\n')).toBe('read')
    expect(await codeOf('a~b\nc\n')).toBe('read')
  })
})

describe('cells', () => {
  it('a sign may stand before what a quote would end', async () => {
    const content = '"id","name"\n"1","Shop \\"Le Coin\\", Paris"\n"2","Back\\\\slash"\n"3","ends in \\\\"\n'
    expect((await read({ 'x.csv': content }, { escape: '\\' })).rows).toEqual([
      { id: 1, name: 'Shop "Le Coin", Paris' },
      { id: 2, name: 'Back\\slash' },
      { id: 3, name: 'ends in \\' },
    ])
    const long = `"id","name"\n${Array.from({ length: 3000 }, (_, row) => `"${row}","a \\"b, c"\n`).join('')}`
    expect((await read({ 'x.csv': long }, { escape: '\\' })).rows).toHaveLength(3000)
  })

  it('missing last cells are null where that is said, and a blank line is no row', async () => {
    const content = 'id,name,note\n1,a,x\n2,b\n\n3\n4,"line\nbreak"\n5,a,b,c\n'
    const filled = await read({ 'x.csv': content }, { missing_cells: null })
    expect(filled.rows).toEqual([
      { id: 1, name: 'a', note: 'x' },
      { id: 2, name: 'b', note: null },
      { id: 3, name: null, note: null },
      { id: 4, name: 'line\nbreak', note: null },
    ])
    expect(filled.refused.map(([, code]) => code)).toEqual(['too_many_columns'])
    expect((await read({ 'x.csv': content })).rows).toHaveLength(1)
  })

  it('lines that begin with a sign are no rows, also before the header, but for those inside quotes', async () => {
    const content = '# made by "x\nid,name\n#1,a\n2,C# "\n3,"a\n#b"\n#\n4\n# end'
    const found = await read({ 'x.csv': content }, { comment: '#' })
    expect(found.rows).toEqual([
      { id: 2, name: 'C# "' },
      { id: 3, name: 'a\n#b' },
    ])
    expect(found.refused).toEqual([[7, 'missing_columns']])
    expect((await read({ 'x.csv': '//é\nid\n//x\n1\n' }, { comment: '//é' })).rows).toEqual([
      { id: '//x' },
      { id: '1' },
    ])
  })

  it('what means no value is compared with the cell as it is written', async () => {
    const content = 'id,name\n1,\n2,""\n3,NA\n4,"NA"\n'
    const names = async (config: Partial<CsvOptions>) =>
      (await read({ 'x.csv': content }, config)).rows.map(({ name }) => name)
    expect(await names({})).toEqual([null, null, 'NA', 'NA'])
    expect(await names({ nulls: [''] })).toEqual([null, '', 'NA', 'NA'])
    expect(await names({ nulls: ['NA'] })).toEqual([null, null, null, 'NA'])
    expect(await names({ nulls: ['NA', '"NA"'] })).toEqual([null, null, null, null])
    expect(await names({ nulls: ['', 'NA'] })).toEqual([null, '', null, 'NA'])
    expect(await names({ nulls: ['', '""'] })).toEqual([null, null, 'NA', 'NA'])
    const check = plugin.check!({ config: { path: 'x', nulls: ['"NA"'] }, columns: [], inputs: {}, asOf: '' })
    expect(check.map(({ code }) => code)).toEqual(['nulls_quoted_alone'])
  })

  it('any cells come back from a file that doubles its quotes and from one that marks them', async () => {
    const cell = fc.string({
      unit: fc.constantFrom('a', '"', '\\', ',', '\n', ' ', 'é'),
      minLength: 1,
      maxLength: 6,
    })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 8 }), async (rows) => {
        const write = (inside: (text: string) => string) =>
          `"a","b"\n${rows.map((row) => row.map((text) => `"${inside(text)}"`).join(',')).join('\n')}\n`
        const expected = rows.map(([a, b]) => ({ a, b }))
        const doubled = await read(
          { 'x.csv': write((text) => text.replaceAll('"', '""')) },
          { all_text: true, header: true },
        )
        const marked = await read(
          { 'x.csv': write((text) => text.replaceAll(/["\\]/g, '\\$&')) },
          { all_text: true, escape: '\\', header: true },
        )
        expect([doubled.rows, marked.rows]).toEqual([expected, expected])
      }),
      { seed: 20261129, numRuns: 40 },
    )
  })
})

describe('files', () => {
  it('one without a line among others is told by its name; where none has one the run stops', async () => {
    const files = { 'a.csv': 'id,nom\n1,A\n', 'b.csv': '', 'c.csv': '\u{feff}\n\n', 'd.csv': 'id,nom\n3,C\n' }
    const found = await read(files)
    expect(found.rows).toEqual([
      { id: 1, nom: 'A' },
      { id: 3, nom: 'C' },
    ])
    expect(found.warnings).toEqual(['file_empty', 'file_empty'])
    expect(found.told).toMatch(/b\.csv is empty: 0 bytes\nc\.csv has no line with text/)
    for (const content of ['', '\n \n']) {
      const all = await read({ 'a.csv': content, 'b.csv': content }).catch(
        (error: { code: string }) => error.code,
      )
      expect(all).toBe('file_empty')
    }
  })

  it('compressed ones are unpacked by their ending, in whatever encoding', async () => {
    const text = 'id;nom\r\n1;Zoé\r\n2;B\r\n'
    const expected = [
      { id: 1, nom: 'Zoé' },
      { id: 2, nom: 'B' },
    ]
    const zstd = Buffer.from('KLUv/QRYqQAAaWQ7bm9tDQoxO1pvw6kNCjI7Qg0KS1rnQw==', 'base64')
    const packed: Readonly<Record<string, Content>> = {
      'x.csv.gz': gzipSync(Buffer.from(text, 'latin1')),
      'x.CSV.GZ': Buffer.concat([gzipSync(text.slice(0, 11)), gzipSync(text.slice(11))]),
      'x.csv.zst': zstd,
      'x.zip': zipOf({ 'out/': '', 'out/x.csv': text, '__MACOSX/out/._x.csv': 'x' }),
      'y.zip': storedZip('x.csv', text),
    }
    for (const [name, content] of Object.entries(packed))
      expect((await read({ [name]: content })).rows, name).toEqual(expected)
  })

  it('a compressed one that is cut short, is none, or holds several is told', async () => {
    const gz = gzipSync('id\n1\n')
    expect(await codeOf(gz.subarray(0, gz.length - 9), {}, 'x.csv.gz')).toBe('archive_broken')
    expect(await codeOf('id\n1\n', {}, 'x.csv.gz')).toBe('archive_broken')
    expect(await codeOf('id\n1\n', {}, 'x.csv.zst')).toBe('archive_broken')
    expect(await codeOf('id\n1\n', {}, 'x.zip')).toBe('archive_broken')
    expect(await codeOf(zipOf({ 'a.csv': 'id\n1\n', 'b.csv': 'id\n2\n' }), {}, 'x.zip')).toBe(
      'archive_not_one_file',
    )
    expect(await codeOf(deflateRawSync('id\n1\n'), {}, 'x.zip')).toBe('archive_broken')
    expect(await codeOf(gz, {}, 'x.csv')).toBe('file_not_text')
  })

  it('a path is the file that is called so, whatever stands in it', async () => {
    const files = {
      'a1.csv': 'id\n1\n',
      'a[1].csv': 'id\n2\n',
      'b*.csv': 'id\n3\n',
      'bc.csv': 'id\n4\n',
      'c?.csv': 'id\n5\n',
      'cd.csv': 'id\nx\n6\n',
    }
    for (const [path, id] of Object.entries({ 'a[1].csv': '2', 'b*.csv': '3', 'c?.csv': '5' })) {
      expect((await read(files, { path, all_text: true })).rows).toEqual([{ id }])
      expect(
        (await read(files, { path: [path, 'bc.csv'], all_text: true })).rows.map((row) => row.id).sort(),
      ).toEqual([id, '4'].sort())
    }
    const broken = await read({ 'a1.csv': 'id,b\n1,2\n', 'a[1].csv': 'id,b\n2\n3,4\n' }, { path: 'a[1].csv' })
    expect([broken.rows, broken.refused]).toEqual([[{ id: 3, b: 4 }], [[2, 'missing_columns']]])
  })

  it('renamed columns are told', async () => {
    const found = await read({ 'x.csv': 'id,ID,,_line, ok \n1,2,3,4,5\n' })
    expect(found.told).toBe('"ID" is called ID_1, "" is called column3, "_line" is called line')
  })
})

describe('encodings', () => {
  it.each([
    ['iso-8859-15', [0x43, 0xbd, 0x75, 0x72, 0x20, 0xa4, 0x20, 0xbe], 'Cœur € Ÿ'],
    ['macintosh', [0x8e, 0x8f, 0x88, 0x8d, 0xdb], 'éèàç€'],
    ['ibm850', [0x82, 0x8a, 0x85, 0x87, 0xd5], 'éèàçı'],
    ['utf-16', [...Buffer.from('é€', 'utf16le')], 'é€'],
  ] as const)('%s is read where it is said', async (encoding, bytes, text) => {
    const wrap = (part: string) => Buffer.from(part, encoding === 'utf-16' ? 'utf16le' : 'latin1')
    const content = Buffer.concat([wrap('id,nom\n1,'), Buffer.from(bytes), wrap('\n')])
    expect((await read({ 'x.csv': content }, { encoding })).rows).toEqual([{ id: 1, nom: text }])
  })

  const accents = ['Zoé', 'Élodie', 'François', 'Noël']
  const latin = (lines: readonly string[]) => Buffer.from(`${lines.join('\n')}\n`, 'latin1')

  it('a line of Latin-1 in a file of UTF-8 is refused, however small the file, and no other is misread', async () => {
    for (const good of [accents.slice(0, 1), accents]) {
      const content = Buffer.concat([Buffer.from(`n\n${good.join('\n')}\n`), latin(['Ééèàçêôû'])])
      const found = await read({ 'x.csv': content })
      expect(found.rows.map(({ n }) => n)).toEqual(good)
      expect(found.refused).toEqual([[good.length + 2, 'invalid_encoding']])
    }
    const marked = Buffer.concat([Buffer.from('\u{feff}n\nabc\n'), latin(['é', 'è', 'ê'])])
    expect((await read({ 'x.csv': marked })).refused).toHaveLength(3)
  })

  it('a guess of Windows-1252 is told where its bytes do not bear it out', async () => {
    const of = async (...bytes: number[]) =>
      (await read({ 'x.csv': Buffer.from([0x6e, 10, 0x61, ...bytes, 10]) })).warnings
    expect(await of(0xe9)).toEqual([])
    expect(await of(0xe9, 0x80)).toEqual([])
    expect(await of(0x8f, 0xe9)).toEqual(['encoding_doubtful'])
    expect(await of(0x82, 0x8a)).toEqual(['encoding_doubtful'])
    expect(await of(0x80)).toEqual(['encoding_doubtful'])
    const mostly = Buffer.concat([latin(['n', ...Array.from({ length: 60 }, () => 'é')]), Buffer.from('Ã©')])
    const found = await read({ 'x.csv': Buffer.concat([mostly, Buffer.from('\n')]) })
    expect([found.rows.length, found.warnings]).toEqual([61, ['encoding_doubtful']])
    expect(
      (await read({ 'x.csv': Buffer.from([0x6e, 10, 0x82, 10]) }, { encoding: 'cp1252' })).warnings,
    ).toEqual([])
  })
})
