import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openBench, openScan } from '@sillage/testkit'
import { describe, expect, it } from 'vitest'
import plugin from './json.ts'

const read = async (files: Readonly<Record<string, string | Buffer>>, config: object = {}) => {
  await using bench = await openBench()
  for (const [name, content] of Object.entries(files)) writeFileSync(join(bench.folder, name), content)
  const scan = await openScan(bench, plugin, { path: '*', ...config })
  const rows = await bench.rows(`select * from (${scan.select({ provenance: true })}) order by _file, _line`)
  const columns = await bench.columns(`(${scan.select({ provenance: false })})`)
  return {
    rows,
    refused: await bench.rows(`select * from (${scan.refused}) order by _file, _line`),
    types: columns.map(({ type }) => type),
  }
}

const codeOf = async (content: string, config: object = {}) =>
  read({ 'x.json': content }, config).then(
    () => 'read',
    (error: { code: string }) => error.code,
  )

describe('collect/json', () => {
  it('refuses broken lines and documents that are no objects, with their line, and reads the others', async () => {
    const lines = [
      '{"a": 1}',
      '',
      'broken{',
      '42',
      '[1]',
      'null',
      '{"a": 2}',
      `{"a": "${'x'.repeat(3e6)}"}`,
      '{"a": 3, "b": "\u0001"}',
      '{"a": 4,}',
      '{"a": NaN}',
      '{"a": "NaN, ]", "b": [5]}',
      '{"a": "x\\u0000y"}',
    ]
    const { rows, refused } = await read({ 'x.jsonl': `${lines.join('\r\n')}\r\n` })
    expect(rows.map(({ a, _line }) => [String(a).length, _line])).toEqual([
      [1, 1],
      [1, 7],
      [3e6, 8],
      [6, 12],
      [3, 13],
    ])
    expect(refused.map(({ _file, _line, code }) => [_file, _line, code])).toEqual([
      ['x.jsonl', 3, 'broken_json'],
      ['x.jsonl', 4, 'not_an_object'],
      ['x.jsonl', 5, 'not_an_object'],
      ['x.jsonl', 6, 'not_an_object'],
      ['x.jsonl', 9, 'broken_json'],
      ['x.jsonl', 10, 'broken_json'],
      ['x.jsonl', 11, 'broken_json'],
    ])
  })

  it('refuses lines of other encodings in a UTF-8 file without losing count', async () => {
    const content = Buffer.concat([
      Buffer.from('{"n":"é"}\n{"n":"è"}\n{"n":"'),
      Buffer.from([0xe9]),
      Buffer.from('"}\n{"n":"a\u{feff}"}\n\u{feff}{"n":"x"}\n{"n":"\0"}\n{"n":"last"}'),
    ])
    const { rows, refused } = await read({ 'x.jsonl': content })
    expect(rows.map(({ n, _line }) => [n, _line])).toEqual([
      ['é', 1],
      ['è', 2],
      ['a\u{feff}', 4],
      ['last', 7],
    ])
    expect(refused.map(({ code, _line }) => [code, _line])).toEqual([
      ['invalid_encoding', 3],
      ['broken_json', 5],
      ['broken_json', 6],
    ])
  })

  it('types a column only where all its values have the type', async () => {
    const { rows, types } = await read({
      'x.jsonl':
        '{"i":1,"d":1.5,"b":true,"m":1,"s":"007","n":null,"big":12345678901234567890,"o":{"z":[1, 2]}}\n{"i":-2,"d":2,"b":false,"m":"x","s":"5","n":null,"big":1,"o":[]}\n',
    })
    expect(types).toEqual([
      'BIGINT',
      'DECIMAL(18,1)',
      'BOOLEAN',
      'VARCHAR',
      'VARCHAR',
      'VARCHAR',
      'VARCHAR',
      'VARCHAR',
    ])
    expect(rows[0]).toMatchObject({
      i: 1,
      d: '1.5',
      b: true,
      m: '1',
      s: '007',
      n: null,
      big: '12345678901234567890',
      o: '{"z":[1,2]}',
    })
    expect((await read({ 'x.jsonl': '{"i":1}\n' }, { all_text: true })).types).toEqual(['VARCHAR'])
  })

  it('finds keys wherever they first appear, however they are written', async () => {
    const { rows } = await read({
      'x.json': '\u{feff} [{"b.c": 1, "q\\"r": 2}, {"a\\\\b": 3, "_line": 4, "B.C": 5, "$": 6}]',
    })
    expect(rows).toEqual([
      { 'b.c': 1, 'q"r': 2, 'a\\b': null, line: null, 'B.C_1': null, $: null, _file: 'x.json', _line: 1 },
      { 'b.c': null, 'q"r': null, 'a\\b': 3, line: 4, 'B.C_1': 5, $: 6, _file: 'x.json', _line: 2 },
    ])
  })

  it('reads declared columns by key or path; what is absent is null', async () => {
    const { rows } = await read(
      { 'x.jsonl': '{"c":{"e":"x"},"l":[{"v":7}]}\n{}\n' },
      { columns: { e: '$.c.e', v: '$.l[0].v', w: 'w' } },
    )
    expect(rows.map(({ e, v, w }) => [e, v, w])).toEqual([
      ['x', 7, null],
      [null, null, null],
    ])
  })

  it('reads several files and other encodings', async () => {
    const { rows } = await read({
      'a.json': Buffer.from('\u{feff}[{"n":"é"}]', 'utf16le'),
      'b.jsonl': Buffer.from('{"n":"\u00e9"}\n', 'latin1'),
    })
    expect(rows.map(({ n, _file }) => [n, _file])).toEqual([
      ['é', 'a.json'],
      ['é', 'b.jsonl'],
    ])
  })

  it('says what is wrong with a broken array and a file without documents', async () => {
    expect(await codeOf('[{"a":1}, {"a":2,]')).toBe('broken_json')
    expect(await codeOf('[{"a":1}, 7]')).toBe('read')
    expect(await codeOf('{}\n')).toBe('no_documents')
    expect(await codeOf('')).toBe('file_empty')
  })
})
