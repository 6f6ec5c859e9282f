import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { openBench, openScan } from '@sillage/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonOptions } from './json/options.ts'
import plugin from './json.ts'

async function read(content: string | Buffer, config: Partial<JsonOptions> = {}, name = 'x.json') {
  await using bench = await openBench()
  writeFileSync(join(bench.folder, name), content)
  const scan = await openScan(bench, plugin, { path: '*', ...config })
  const rows = await bench.rows(`select * from (${scan.select({ provenance: true })}) order by _line`)
  const columns = await bench.columns(`(${scan.select({ provenance: false })})`)
  return {
    rows: rows.map(({ _file, _line, ...rest }) => rest),
    lines: rows.map(({ _line }) => _line),
    types: Object.fromEntries(columns.map(({ name, type }) => [name, type])),
    refused: (await bench.rows(`select * from (${scan.refused}) order by _line`)).map(({ _line, code }) => [
      _line,
      code,
    ]),
    told: scan.warnings!.map(({ message }) => message),
    format: scan.detected!.format,
  }
}

const codeOf = (content: string) =>
  read(content).then(
    () => 'read',
    (error: { code: string }) => error.code,
  )

describe('numbers', () => {
  it('keep every digit: decimals, or text where a decimal cannot hold them', async () => {
    const content = [
      '{"amount":1.10,"big":12345678901234567.125,"note":"a: 1.50, b","list":[1.50,{"x":2.00,"s":", 3.10,"}],"whole":1}',
      '{"amount":90071992547409.93,"big":90071992547409931.127,"note":"1e5","list":[],"whole":9007199254740993}',
    ].join('\n')
    const found = await read(content)
    expect(found.types).toMatchObject({ amount: 'DECIMAL(18,2)', big: 'VARCHAR', whole: 'BIGINT' })
    expect(found.rows).toEqual([
      {
        amount: '1.10',
        big: '12345678901234567.125',
        note: 'a: 1.50, b',
        list: '[1.50,{"x":2.00,"s":", 3.10,"}]',
        whole: 1,
      },
      {
        amount: '90071992547409.93',
        big: '90071992547409931.127',
        note: '1e5',
        list: '[]',
        whole: '9007199254740993',
      },
    ])
    const text = await read(content, { all_text: true })
    expect(text.rows.map(({ amount }) => amount)).toEqual(['1.10', '90071992547409.93'])
    const nested = await read('{"o":{"p":[1.10, 7.00]}}', { columns: { first: '$.o.p[0]', all: '$.o' } })
    expect(nested.rows).toEqual([{ first: '1.10', all: '{"p":[1.10,7.00]}' }])
  })

  it('with exponents or many digits behind the point are doubles where these give them back, else text', async () => {
    const { types, rows } = await read(
      '{"e":1e3,"f":0.1234567890123,"g":0.30000000000000004,"h":1e22,"i":12345678901234567890123,"j":-0.000001,"k":1e400}\n{"e":2.5E-3,"f":1,"g":1,"h":1,"i":1,"j":2,"k":1}',
    )
    expect(types).toEqual({
      e: 'DOUBLE',
      f: 'DOUBLE',
      g: 'DOUBLE',
      h: 'DOUBLE',
      i: 'VARCHAR',
      j: 'DECIMAL(18,6)',
      k: 'VARCHAR',
    })
    expect(rows[0]).toMatchObject({
      e: 1000,
      g: 0.30000000000000004,
      i: '12345678901234567890123',
      k: '1e400',
    })
  })

  it('any document gives its numbers and texts back as they were written', async () => {
    const number = fc.oneof(
      fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }).map(String),
      fc
        .tuple(fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.stringMatching(/^[0-9]{1,20}$/))
        .map(([a, b]) => `${a}.${b}`),
      fc
        .tuple(fc.integer(), fc.constantFrom('e', 'E', 'e+', 'E-'), fc.nat(300))
        .map((parts) => parts.join('')),
    )
    const text = fc.string({
      unit: fc.constantFrom('a', '"', '\\', ',', ':', ' ', '1.50', '[', '0', '}', 'é'),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(number, text, number), { minLength: 1, maxLength: 6 }),
        async (rows) => {
          const lines = rows.map(
            ([n, s, m]) =>
              `{"n": ${n}, "s": ${JSON.stringify(s)}, "o": {"s": ${JSON.stringify(s)}, "m": [${m}, "x"]}}`,
          )
          const found = await read(lines.join('\n'), { all_text: true })
          expect(found.rows).toEqual(
            rows.map(([n, s, m]) => ({ n, s, o: `{"s":${JSON.stringify(s)},"m":[${m},"x"]}` })),
          )
        },
      ),
      { seed: 20261129, numRuns: 60 },
    )
  })
})

describe('documents', () => {
  it('with a key twice are refused, and told as such', async () => {
    const content = '{"a":1,"b":2}\n{"a":1,"a":2}\n{"a":3,"o":{"x":1,"x":2}}\n'
    const found = await read(content)
    expect(found.refused).toEqual([[2, 'repeated_key']])
    expect(found.rows).toEqual([
      { a: 1, b: 2, o: null },
      { a: 3, b: null, o: '{"x":1,"x":2}' },
    ])
    const named = await read(content, { columns: { x: '$.o.x' } })
    expect(named.refused).toEqual([
      [2, 'repeated_key'],
      [3, 'repeated_key'],
    ])
  })

  it.each([
    [
      'over several lines',
      '{\n  "id": 1,\n  "name": "Zoé {"\n}\n{\n  "id": 2,\n  "lines": [\n    {"a": 1}\n  ]\n}\n',
      'documents',
    ],
    ['on one line', '{"id":1}{"id":2}', 'documents'],
    ['on one line with blanks', '{"id":1} {"id":2}\n', 'documents'],
    ['one a line', '{"id":1}\n{"id":2}\n', 'lines'],
    ['in an array over lines', '[\n  {\n    "id": 1\n  },\n  {"id": 2}\n]\n', 'array'],
  ])('may stand %s', async (_, content, format) => {
    const found = await read(content)
    expect(found.rows.map(({ id }) => id)).toEqual([1, 2])
    expect(found.lines).toEqual([1, 2])
    expect([found.format, found.refused]).toEqual([format, []])
    const wide = await read(Buffer.from(`\u{feff}${content}`, 'utf16le'))
    expect(wide.rows).toEqual(found.rows)
    expect((await read(gzipSync(content), {}, 'x.json.gz')).rows).toEqual(found.rows)
  })

  it('one a line of which the first is broken stay lines; over lines a broken one stops the run', async () => {
    const found = await read('{"id": 1, "name"\n{"id": 2}\n')
    expect([found.rows, found.refused]).toEqual([[{ id: 2 }], [[1, 'broken_json']]])
    expect(await codeOf('{\n"id": 1\n}\n{\n"id": \n}\n')).toBe('broken_json')
    expect((await read('{"id":1}\n{"id":2}\n', { format: 'documents' })).rows).toHaveLength(2)
  })

  it('columns that cannot keep the name of their key are told', async () => {
    const found = await read('{"id":1,"ID":2,"":3}')
    expect(found.told).toEqual(['"ID" is called ID_1, "" is called column3'])
  })
})
