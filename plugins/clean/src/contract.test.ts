import { compileSql, judge, openBench } from '@sillage/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import plugin from './contract.ts'
import type { ColumnSpec } from './rules/column-spec.ts'

type Spec = ColumnSpec

/** What a contract of one column makes of the values of a column: the value, or the reasons. */
const castAll = async (type: string, values: readonly unknown[], spec: Spec) => {
  await using bench = await openBench()
  await bench.load('input', { columns: { v: type }, rows: values.map((value) => [value]) })
  const step = await compileSql(bench, plugin, {
    config: { columns: { v: spec } },
    tables: { input: 'input' },
  })
  expect(step.problems).toEqual([])
  const { all } = await judge(bench, step)
  return all.map((row) => {
    const bits = Number(row._reject ?? 0)
    return bits === 0 ? row.v : step.rejects!.filter((_, bit) => bits & (1 << bit)).map(({ code }) => code)
  })
}

const problems = (columns: Readonly<Record<string, object>>, others?: string, inputs = ['a', 'b']) =>
  (
    plugin.check?.({
      config: { columns, ...(others ? { others } : {}) } as never,
      columns: inputs.map((name) => ({ name, type: 'VARCHAR' })),
      inputs: {},
      asOf: '2014-05-23',
    }) ?? []
  ).map(({ code, path }) => `${path.join('.')} ${code}`)

const wrong = (kind: string) => [`not_${kind}`]

describe('clean/contract', () => {
  it('casts text to integers without losing a digit', async () => {
    const texts = [
      '42',
      ' 42 ',
      '+7',
      '-3',
      '0',
      '1.5',
      '1e3',
      '007',
      '',
      null,
      '9223372036854775807',
      '9223372036854775808',
      '1_000',
      '0x1F',
      '--1',
      'yes',
      '4\u00a0',
      '-0',
    ]
    const bad = wrong('integer')
    expect(await castAll('varchar', texts, { type: 'integer' })).toEqual([
      42,
      42,
      7,
      -3,
      0,
      bad,
      bad,
      bad,
      null,
      null,
      '9223372036854775807',
      bad,
      bad,
      bad,
      bad,
      bad,
      4,
      bad,
    ])
  })

  it('casts text to decimals: more decimals than the scale are refused, zeros behind them are not', async () => {
    const bad = wrong('decimal')
    const texts = [
      '1.5',
      '1.50',
      '1.500',
      '1.505',
      '1e3',
      '.5',
      '5.',
      '00.5',
      '99999999.99',
      '100000000.00',
      'nan',
      '-1.05',
    ]
    expect(await castAll('varchar', texts, { type: 'decimal(10,2)' })).toEqual([
      '1.50',
      '1.50',
      '1.50',
      bad,
      bad,
      '0.50',
      '5.00',
      bad,
      '99999999.99',
      bad,
      bad,
      '-1.05',
    ])
    expect(await castAll('varchar', ['1.0', '1.5'], { type: 'decimal(10,0)' })).toEqual(['1', bad])
  })

  it('casts text to doubles that hold every digit', async () => {
    const bad = wrong('double')
    const texts = [
      '0.1',
      '1e-05',
      '9007199254740992',
      '9007199254740993',
      '0.30000000000000004',
      '0.300000000000000041',
      'nan',
      'inf',
      '1e999',
      '12.5.1',
      '-.5',
    ]
    expect(await castAll('varchar', texts, { type: 'double' })).toEqual([
      0.1,
      0.00001,
      9007199254740992,
      bad,
      0.30000000000000004,
      bad,
      bad,
      bad,
      bad,
      bad,
      -0.5,
    ])
  })

  it('reads French numbers, and leaves misplaced separators to be refused', async () => {
    const french = { decimal: ',', thousands: ' ' } as const
    const bad = wrong('double')
    const texts = [
      '1 234,56',
      '1\u202f234\u00a0567,8',
      '12,5',
      '1 23,5',
      '1.5',
      '12 345',
      '1234',
      '0 123',
      '-1 000',
      ', 5',
    ]
    expect(await castAll('varchar', texts, { type: 'double', ...french })).toEqual([
      1234.56,
      1234567.8,
      12.5,
      bad,
      bad,
      12345,
      1234,
      bad,
      -1000,
      bad,
    ])
    expect(await castAll('varchar', ['1 000', '1,5'], { type: 'integer', ...french })).toEqual([
      1000,
      wrong('integer'),
    ])
    expect(
      await castAll('varchar', ['1.234,50', "1'000"], { type: 'decimal(9,2)', decimal: ',', thousands: '.' }),
    ).toEqual(['1234.50', wrong('decimal')])
    expect(await castAll('varchar', ['1,234.5'], { type: 'double', thousands: ',' })).toEqual([1234.5])
  })

  it('reads dates in ISO or in the formats given, and no day that does not exist', async () => {
    const bad = wrong('date')
    expect(
      await castAll(
        'varchar',
        ['2014-05-23', '2014-5-23', '2014-02-30', '2014-05-23 00:00:00', 'infinity', '20140523'],
        { type: 'date' },
      ),
    ).toEqual(['2014-05-23', bad, bad, bad, bad, bad])
    const format = ['%d/%m/%Y', '%Y-%m-%d']
    expect(
      await castAll(
        'varchar',
        [
          '23/05/2014',
          '1/6/2014',
          '01/6/2014',
          '2014-05-23',
          '23/05/14',
          '31/02/2014',
          '05/23/2014',
          '23/05/2014 x',
        ],
        { type: 'date', format },
      ),
    ).toEqual(['2014-05-23', '2014-06-01', '2014-06-01', '2014-05-23', bad, bad, bad, bad])
    expect(
      await castAll('varchar', ['23/05/2014 00:00', '23/05/2014 10:30'], {
        type: 'date',
        format: '%d/%m/%Y %H:%M',
      }),
    ).toEqual(['2014-05-23', bad])
  })

  it('reads times in ISO; an offset moves them to UTC', async () => {
    const bad = wrong('timestamp')
    const texts = [
      '2014-05-23 10:30:00',
      '2014-05-23T10:30',
      '2014-05-23',
      '2014-05-23T10:30:00Z',
      '2014-05-23T10:30:00+02:00',
      '2014-05-23 10:30:00.1234567',
      '2014-05-23 24:00:00',
      '23/05/2014 10:30',
      'epoch',
    ]
    expect(await castAll('varchar', texts, { type: 'timestamp' })).toEqual([
      '2014-05-23T10:30:00',
      '2014-05-23T10:30:00',
      '2014-05-23T00:00:00',
      '2014-05-23T10:30:00',
      '2014-05-23T08:30:00',
      bad,
      bad,
      bad,
      bad,
    ])
    expect(
      await castAll('varchar', ['23/05/2014 10:30'], { type: 'timestamp', format: '%d/%m/%Y %H:%M' }),
    ).toEqual(['2014-05-23T10:30:00'])
  })

  it('takes only the words that say yes or no', async () => {
    const bad = wrong('boolean')
    expect(await castAll('varchar', ['true', 'False', 'yes', '1', 't'], { type: 'boolean' })).toEqual([
      true,
      false,
      bad,
      bad,
      bad,
    ])
    expect(
      await castAll('varchar', ['OUI', 'non', 'true'], {
        type: 'boolean',
        yes: ['oui', 'o'],
        no: ['non', 'n'],
      }),
    ).toEqual([true, false, bad])
    expect(await castAll('integer', [1, 0, 2], { type: 'boolean', yes: ['1'], no: ['0'] })).toEqual([
      true,
      false,
      bad,
    ])
  })

  it('casts typed columns exactly', async () => {
    expect(await castAll('double', [17850.0, 1.5, 2 ** 53, 2 ** 54, null], { type: 'integer' })).toEqual([
      17850,
      wrong('integer'),
      '9007199254740992',
      wrong('integer'),
      null,
    ])
    expect(await castAll('decimal(10,2)', ['5.00', '5.01'], { type: 'integer' })).toEqual([
      5,
      wrong('integer'),
    ])
    expect(await castAll('hugeint', ['5', '9223372036854775808'], { type: 'integer' })).toEqual([
      5,
      wrong('integer'),
    ])
    expect(await castAll('bigint', ['9007199254740993', 5], { type: 'double' })).toEqual([wrong('double'), 5])
    expect(await castAll('double', ['nan', 'inf', 1.5], { type: 'double' })).toEqual([
      wrong('double'),
      wrong('double'),
      1.5,
    ])
    expect(await castAll('double', [17.85, 17.855], { type: 'decimal(9,2)' })).toEqual([
      '17.85',
      wrong('decimal'),
    ])
    expect(await castAll('decimal(9,3)', ['1.500', '1.505'], { type: 'decimal(9,2)' })).toEqual([
      '1.50',
      wrong('decimal'),
    ])
    expect(await castAll('timestamp', ['2014-05-23', '2014-05-23 10:00'], { type: 'date' })).toEqual([
      '2014-05-23',
      wrong('date'),
    ])
    expect(await castAll('date', ['2014-05-23'], { type: 'timestamp' })).toEqual(['2014-05-23T00:00:00'])
    expect(await castAll('timestamptz', ['2014-05-23 10:00:00+02'], { type: 'timestamp' })).toEqual([
      '2014-05-23T08:00:00',
    ])
    expect(await castAll('decimal(9,2)', ['1.50'], { type: 'text' })).toEqual(['1.50'])
    expect(await castAll('date', ['2014-05-23'], { type: 'integer' })).toEqual([wrong('integer')])
  })

  it('accepts an integer exactly where its digits are those of the text (any text)', async () => {
    const digits = fc.stringMatching(/^[+-]?[0-9]{0,20}$/)
    const noise = fc.string({ unit: fc.constantFrom(...'0123456789+-. e_,x\t'), maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(digits, noise), { minLength: 20, maxLength: 60 }), async (texts) => {
        const oracle = texts.map((text) => {
          const trimmed = text.trim()
          if (trimmed === '') return null
          const signed = trimmed.replace(/^([^-+]+?)\s*-$/, '-$1').replace(/^([-+])\s+/, '$1')
          if (!/^[+-]?(0|[1-9][0-9]*)$/.test(signed) || signed === '-0') return ['not_integer']
          const value = BigInt(signed.replace('+', ''))
          if (BigInt.asIntN(64, value) !== value) return ['not_integer']
          return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
        })
        expect(await castAll('varchar', texts, { type: 'integer' })).toEqual(oracle)
      }),
      { numRuns: 15 },
    )
  })

  it('accepts a decimal exactly where no digit is lost (any text)', async () => {
    const number = fc.stringMatching(/^[+-]?[0-9]{0,7}[.]?[0-9]{0,6}0{0,3}$/)
    await fc.assert(
      fc.asyncProperty(fc.array(number, { minLength: 20, maxLength: 60 }), async (texts) => {
        const oracle = texts.map((text) => {
          if (text === '') return null
          const [, sign, whole = '', decimals = ''] = /^([+-]?)(\d*)[.]?(\d*)$/.exec(text)!
          const kept = decimals.replace(/0+$/, '')
          const digits = whole + decimals
          if (digits === '' || /^0\d/.test(whole) || kept.length > 4 || whole.replace(/^0/, '').length > 5)
            return ['not_decimal']
          if (whole === '' && kept === '' && decimals.length > 4 && !/^0+$/.test(decimals))
            return ['not_decimal']
          const shown = `${whole === '' ? '0' : whole}.${kept.padEnd(4, '0')}`
          return sign === '-' && Number(shown) !== 0 ? `-${shown}` : shown
        })
        expect(await castAll('varchar', texts, { type: 'decimal(9,4)' })).toEqual(oracle)
      }),
      { numRuns: 15 },
    )
  })

  it('tells every rule that a row breaks, in order, and lets null pass all but required', async () => {
    const spec = { type: 'integer', required: true, min: 1, below: 10, values: [1, 5, 20] } as const
    expect(await castAll('varchar', ['5', '0', '20', '7', null, 'x'], spec)).toEqual([
      5,
      ['below_min', 'not_in_values'],
      ['not_below'],
      ['not_in_values'],
      ['missing'],
      ['not_integer'],
    ])
    expect(await castAll('double', [0, 0.1, null], { type: 'double', above: 0, max: 1 })).toEqual([
      ['not_above'],
      0.1,
      null,
    ])
    expect(
      await castAll('varchar', ['69001', '6900', 'x69001'], { type: 'text', pattern: '[0-9]{5}' }),
    ).toEqual(['69001', ['no_match'], ['no_match']])
    expect(await castAll('date', ['2013-12-31', '2014-01-01'], { type: 'date', min: '2014-01-01' })).toEqual([
      ['below_min'],
      '2014-01-01',
    ])
    expect(await castAll('varchar', ['N/A', ' - ', 'x'], { type: 'text', nulls: ['N/A', '-'] })).toEqual([
      null,
      null,
      'x',
    ])
    expect(await castAll('varchar', [' x ', ''], { type: 'text', trim: false })).toEqual([' x ', null])
  })

  it('keeps the refused row as JSON with its place, and nothing of the accepted ones', async () => {
    await using bench = await openBench()
    await bench.load('input', {
      columns: { 'A b': 'varchar', c: 'integer', _file: 'varchar', _line: 'bigint' },
      rows: [
        ['1', 5, 'x.csv', 2],
        ['z', 6, 'x.csv', 3],
      ],
    })
    const config = { columns: { a: { from: 'A b', type: 'integer' } }, others: 'keep' } as const
    const step = await compileSql(bench, plugin, { config, tables: { input: 'input' }, provenance: true })
    expect(await bench.rows(step.select)).toEqual([
      { a: 1, c: 5, _reject: 0, _raw: null, _file: null, _line: null },
      { a: null, c: 6, _reject: 1, _raw: '{"A b":"z","c":6}', _file: 'x.csv', _line: 3 },
    ])
  })

  it('widens the bits with the rules, then joins the rules of a column, then of the row', async () => {
    await using bench = await openBench()
    const bits = async (count: number) => {
      const names = Array.from({ length: count }, (_, index) => `c${index}`)
      await bench.run(
        `create or replace table wide as select ${names.map((name) => `'x' as ${name}`).join(', ')}`,
      )
      const columns = Object.fromEntries(names.map((name) => [name, { type: 'integer', required: true }]))
      const step = await compileSql(bench, plugin, { config: { columns }, tables: { input: 'wide' } })
      const type = (await bench.columns(`(${step.select})`)).find(({ name }) => name === '_reject')!.type
      return [type, step.rejects!.length, (await judge(bench, step)).rejects[0]!.length]
    }
    expect(await bits(15)).toEqual(['INTEGER', 30, 15])
    expect(await bits(31)).toEqual(['BIGINT', 62, 31])
    expect(await bits(63)).toEqual(['HUGEINT', 126, 63])
    expect(await bits(64)).toEqual(['HUGEINT', 64, 64])
    expect(await bits(127)).toEqual(['INTEGER', 1, 1])
  })

  it('says what is wrong with a contract before any data is read', () => {
    expect(problems({ a: { type: 'int' }, z: { type: 'text' } })).toEqual([
      'columns.a.type unknown_type',
      'columns.z unknown_column',
    ])
    expect(problems({ a: { type: 'text', min: 1 }, b: { type: 'integer', pattern: 'x' } })).toEqual([
      'columns.a.min option_not_for_type',
      'columns.b.pattern option_not_for_type',
    ])
    expect(problems({ a: { type: 'integer', min: '1' }, b: { type: 'date', max: 5 } })).toEqual([
      'columns.a.min wrong_limit',
      'columns.b.max wrong_limit',
    ])
    expect(
      problems({ a: { type: 'integer', min: 5, max: 4 }, b: { type: 'integer', above: 4, below: 4 } }),
    ).toEqual(['columns.a empty_range', 'columns.b empty_range'])
    expect(
      problems({
        a: { type: 'double', decimal: ',', thousands: ',' },
        b: { type: 'timestamp', format: '%Y %Z' },
      }),
    ).toEqual(['columns.a.thousands ambiguous_numbers', 'columns.b.format zoned_format'])
    expect(problems({ B: { from: 'a', type: 'text' } }, 'keep')).toEqual(['others column_collision'])
  })

  it('reads the signs of typography in numbers', async () => {
    const french = { type: 'decimal(12,2)', decimal: ',', thousands: ' ' } as const
    const minus = ['−12,50', '−1 234,56', '-3,00', '4,00', '–5,00', '- 6,00', '7,00-', '(8,00)', '(1 234,56)']
    expect(await castAll('varchar', minus, french)).toEqual([
      '-12.50',
      '-1234.56',
      '-3.00',
      '4.00',
      '-5.00',
      '-6.00',
      '-7.00',
      '-8.00',
      '-1234.56',
    ])
    const blanks = ['1\u202f234,50', '1\u2009234,50', '1\u2007234,50', '1\u00a0234,50', '\u200b1 234,50']
    expect(await castAll('varchar', blanks, french)).toEqual(blanks.map(() => '1234.50'))
    const money = [
      '€ 12,50',
      '12,50 €',
      '12,50€',
      '-€12,50',
      '€-12,50',
      '-12,50 €',
      '(€12,50)',
      '12,50 €-',
      '£1 234,56',
    ]
    expect(await castAll('varchar', money, french)).toEqual([
      '12.50',
      '12.50',
      '12.50',
      '-12.50',
      '-12.50',
      '-12.50',
      '-12.50',
      '-12.50',
      '1234.56',
    ])
    const swiss = { type: 'decimal(12,2)', thousands: "'" } as const
    expect(await castAll('varchar', ["1'234.50", '1’234.50', "−1'234.50", "12'34.50"], swiss)).toEqual([
      '1234.50',
      '1234.50',
      '-1234.50',
      wrong('decimal'),
    ])
    expect(await castAll('varchar', ['(12.50)', '12.50-', '−12.50', '$12.50'], { type: 'double' })).toEqual([
      -12.5, -12.5, -12.5, 12.5,
    ])
    expect(await castAll('varchar', ['(12)', '−7', '1-2', '−', '()', '€'], { type: 'integer' })).toEqual([
      -12,
      -7,
      ...Array.from({ length: 4 }, () => wrong('integer')),
    ])
  })

  it('refuses a number with two signs or two currencies', async () => {
    const texts = [
      '(-12.50)',
      '-12.50-',
      '-(12.50)',
      '+12.50-',
      '€12.50$',
      '€€12.50',
      '1€250',
      '12.50 - 3',
      '5 %',
      "1'234",
    ]
    expect(await castAll('varchar', texts, { type: 'decimal(12,2)' })).toEqual(
      texts.map(() => wrong('decimal')),
    )
  })

  it('casts doubles to decimals by their shortest digits, and makes none up', async () => {
    const bad = wrong('decimal')
    expect(
      await castAll(
        'double',
        [
          90071992547409940,
          1e22,
          -1e22,
          123456789012345680000,
          0.1,
          17.855,
          1e34,
          1e36,
          5e-324,
          1e-7,
          -0,
          null,
        ],
        { type: 'decimal(38,3)' },
      ),
    ).toEqual([
      '90071992547409940.000',
      '10000000000000000000000.000',
      '-10000000000000000000000.000',
      '123456789012345680000.000',
      '0.100',
      '17.855',
      `1${'0'.repeat(34)}.000`,
      bad,
      bad,
      bad,
      '0.000',
      null,
    ])
    expect(await castAll('double', [0.1 + 0.2, 'nan', '-inf'], { type: 'decimal(38,20)' })).toEqual([
      '0.30000000000000004000',
      bad,
      bad,
    ])
    expect(
      await castAll('double', [1.0000000000000002e26, 9.999999999999999e25, -1.5e26, 1e26], {
        type: 'decimal(38,12)',
      }),
    ).toEqual([bad, '99999999999999990000000000.000000000000', bad, bad])
    expect(await castAll('float', [0.1, 16777216], { type: 'decimal(12,2)' })).toEqual([
      '0.10',
      '16777216.00',
    ])
  })

  it('gives a double the decimal that it is written as, or refuses it (any double)', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 20, maxLength: 60 }),
        async (numbers) => {
          const oracle = numbers.map((number) => shortestDecimal(number, 38, 12))
          expect(await castAll('double', numbers, { type: 'decimal(38,12)' })).toEqual(oracle)
        },
      ),
      { numRuns: 15 },
    )
  })

  it('reads names of months and am/pm in any capitals', async () => {
    const format = ['%d-%b-%y', '%d-%b-%Y', '%d %B %Y']
    const days = [
      '05-MAR-26',
      '05-mar-2026',
      '05-Mar-2026',
      '05 MARCH 2026',
      '5 march 2026',
      '31-FEB-26',
      '05-MRZ-26',
    ]
    expect(await castAll('varchar', days, { type: 'date', format })).toEqual([
      ...Array.from({ length: 5 }, () => '2026-03-05'),
      wrong('date'),
      wrong('date'),
    ])
    const times = [
      '3/5/2026 2:03 PM',
      '3/5/2026 2:03 pm',
      '3/5/2026 2:03 Pm',
      '3/5/2026 2:03\u202fPM',
      '3/5/2026 2:03 p.m.',
      '\u200e3/5/2026 2:03 PM',
      '3/5/2026 12:00 am',
      '3/5/2026 14:03 pm',
    ]
    expect(await castAll('varchar', times, { type: 'timestamp', format: '%m/%d/%Y %I:%M %p' })).toEqual([
      ...Array.from({ length: 6 }, () => '2026-03-05T14:03:00'),
      '2026-03-05T00:00:00',
      wrong('timestamp'),
    ])
  })

  it('moves times with an offset to UTC, in ISO and by a format', async () => {
    const bad = wrong('timestamp')
    const iso = [
      '2026-03-05 10:00:00 +0100',
      '2026-03-29 03:30:00 +0200',
      '2026-03-05 10:00:00+0100',
      '2026-03-05 10:00:00 Z',
      '2026-03-05 10:00:00 UTC',
      '2026-03-05T10:00:00.123456000 -01:30',
      '2026-03-05T10:00 +01',
      '2026-03-05 10:00:00\u00a0+0100',
      '2026-03-05 10:00:00 CET',
    ]
    expect(await castAll('varchar', iso, { type: 'timestamp' })).toEqual([
      '2026-03-05T09:00:00',
      '2026-03-29T01:30:00',
      '2026-03-05T09:00:00',
      '2026-03-05T10:00:00',
      '2026-03-05T10:00:00',
      '2026-03-05T11:30:00.123456',
      '2026-03-05T09:00:00',
      '2026-03-05T09:00:00',
      bad,
    ])
    const format = ['%d/%b/%Y:%H:%M:%S %z', '%a %b %d %H:%M:%S %z %Y', '%d/%m/%Y %H:%M%z']
    const written = [
      '05/MAR/2026:10:00:00 +0100',
      'Thu Mar 05 10:00:00 +0000 2026',
      '5/3/2026 10:00-05:30',
      '05/03/2026 10:00Z',
      '31/02/2026 10:00+0100',
      '05/03/2026 10:00+0175',
      '05/03/2026 10:00',
    ]
    expect(await castAll('varchar', written, { type: 'timestamp', format })).toEqual([
      '2026-03-05T09:00:00',
      '2026-03-05T10:00:00',
      '2026-03-05T15:30:00',
      '2026-03-05T10:00:00',
      bad,
      bad,
      bad,
    ])
    expect(problems({ a: { type: 'date', format: '%Y-%m-%d %z' } })).toEqual([
      'columns.a.format zoned_format',
    ])
  })

  it('takes the marks of a spreadsheet off numbers, dates and answers', async () => {
    expect(await castAll('varchar', ["'12", '="12"', '"12"', "' 12", "'1'2"], { type: 'integer' })).toEqual([
      12,
      12,
      12,
      12,
      wrong('integer'),
    ])
    expect(await castAll('varchar', ["'2026-03-05", '="2026-03-05"'], { type: 'date' })).toEqual([
      '2026-03-05',
      '2026-03-05',
    ])
    expect(await castAll('varchar', ["'12,50"], { type: 'decimal(9,2)', decimal: ',' })).toEqual(['12.50'])
    expect(await castAll('varchar', ["'01000"], { type: 'text' })).toEqual(["'01000"])
  })

  it('writes texts in the one form in which they are keys', async () => {
    const texts = [
      'Orléans',
      'Orle\u0301ans',
      'Orléans\u200b',
      '\u00a0Orléans\u202f',
      'Or\u00adléans',
      '\u202aOrléans\u202c',
      'Or\u200dléans',
    ]
    expect(await castAll('varchar', texts, { type: 'text' })).toEqual(texts.map(() => 'Orléans'))
    expect(
      await castAll('varchar', ['Saint\u00a0Malo', 'a\nb', '\u200b', '\u2009'], { type: 'text' }),
    ).toEqual(['Saint Malo', 'a\nb', null, null])
    expect(await castAll('varchar', ['نی\u200cک', '\u{1f468}\u200d\u{1f469}'], { type: 'text' })).toEqual([
      'نی\u200cک',
      '\u{1f468}\u200d\u{1f469}',
    ])
    expect(await castAll('varchar', ['a\u200b '], { type: 'text', trim: false })).toEqual(['a\u200b '])
  })

  it('writes a text that it wrote before unchanged, and nothing that nobody sees (any text)', async () => {
    const signs = fc.constantFrom(
      ...'aZéœ\u0301\u0327\u00a0\u202f\u2009\u200b\u200d\u00ad\ufeff\u2060\u202a\u212b \t\nן日ن',
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: signs, maxLength: 12 }), { minLength: 20, maxLength: 60 }),
        async (texts) => {
          const once = await castAll('varchar', texts, { type: 'text' })
          expect(await castAll('varchar', once, { type: 'text' })).toEqual(once)
          for (const text of once as (string | null)[]) {
            if (text === null) continue
            expect(text).toBe(text.normalize('NFC'))
            expect(text).not.toMatch(/[\u00ad\u200b\u202a\u2060\ufeff\u00a0\u202f\u2009]|^[ \t\n]|[ \t\n]$/)
          }
        },
      ),
      { numRuns: 15 },
    )
  })

  it('reads HTML entities where it is told to', async () => {
    const texts = [
      'Tea &amp; Co',
      'O&#039;Connor',
      'O&#x27;Connor',
      'B&eacute;renger',
      '&nbsp;x&nbsp;y',
      '10&#8239;&euro;',
      '&#128;',
      'AT&T',
      '&bogus; &#0; &#55555; &#1114112;',
      '&amp;eacute;',
      'a & b; &amp',
    ]
    expect(await castAll('varchar', texts, { type: 'text', entities: 'decode' })).toEqual([
      'Tea & Co',
      "O'Connor",
      "O'Connor",
      'Bérenger',
      'x y',
      '10 €',
      '€',
      'AT&T',
      '&bogus; &#0; &#55555; &#1114112;',
      '&eacute;',
      'a & b; &amp',
    ])
    expect(await castAll('varchar', ['Tea &amp; Co'], { type: 'text' })).toEqual(['Tea &amp; Co'])
    expect(problems({ a: { type: 'integer', entities: 'decode' } })).toEqual([
      'columns.a.entities option_not_for_type',
    ])
  })

  it('makes a value that breaks its contract null where it is told to, and counts it', async () => {
    await using bench = await openBench()
    await bench.load('input', {
      columns: { id: 'varchar', age: 'varchar', mail: 'varchar' },
      rows: [
        ['1', '20', 'a@x'],
        ['2', 'x', 'nothing'],
        ['3', '200', null],
        ['x', '20', null],
      ],
    })
    const config = {
      columns: {
        id: { type: 'integer', required: true },
        age: { type: 'integer', max: 120, on_invalid: null },
        mail: { type: 'text', pattern: '.*@.*', on_invalid: 'null' },
      },
    } as const
    const step = await compileSql(bench, plugin, { config, tables: { input: 'input' } })
    await bench.run(`create table made as ${step.select}`)
    expect(await bench.rows('select id, age, mail from made where _reject = 0 order by id')).toEqual([
      { id: 1, age: 20, mail: 'a@x' },
      { id: 2, age: null, mail: null },
      { id: 3, age: null, mail: null },
    ])
    expect(await warned(bench, step)).toEqual({
      'values of age that break its contract became null': 2,
      'values of mail that break its contract became null': 1,
    })
    expect(problems({ a: { type: 'integer', required: true, on_invalid: 'null' } })).toEqual([
      'columns.a.on_invalid null_but_required',
    ])
  })

  it('tells how many texts it wrote anew', async () => {
    await using bench = await openBench()
    await bench.load('input', {
      columns: { a: 'varchar', b: 'varchar' },
      rows: [
        ['Orle\u0301ans', 'x\u00a0y'],
        ['Orléans', ' plain '],
      ],
    })
    const step = await compileSql(bench, plugin, {
      config: { columns: { a: { type: 'text', required: true }, b: { type: 'text' } } },
      tables: { input: 'input' },
    })
    await bench.run(`create table made as ${step.select}`)
    expect(Object.values(await warned(bench, step))).toEqual([2])
  })

  it('leaves rows out before it refuses, by the values of the contract', async () => {
    await using bench = await openBench()
    await bench.load('input', {
      columns: { 'Customer ID': 'varchar', quantity: 'varchar', note: 'varchar' },
      rows: [
        ['1', '5', null],
        [' ', 'x', null],
        ['x', '5', null],
        ['2', '-3', null],
        ['3', 'x', null],
        ['4', '5', 'test'],
        [null, '5', null],
      ],
    })
    const config = {
      columns: {
        customer: { from: 'Customer ID', type: 'integer', required: true },
        quantity: { type: 'integer', min: 0 },
      },
      others: 'keep',
      leave_out: ['customer is null', 'quantity < 0', "note = 'test'"],
    } as const
    expect((plugin.rows as (config: object) => string)(config)).toBe('filter')
    const step = await compileSql(bench, plugin, { config, tables: { input: 'input' } })
    expect(step.problems).toEqual([])
    const { all } = await judge(bench, step)
    expect(all.filter(({ _reject }) => Number(_reject) === 0)).toMatchObject([
      { customer: 1, quantity: 5, note: null },
    ])
    expect(all.filter(({ _reject }) => Number(_reject) !== 0).map(({ _raw }) => _raw)).toEqual([
      '{"Customer ID":"x","quantity":"5","note":null}',
      '{"Customer ID":"3","quantity":"x","note":null}',
    ])
  })
})

/** What the counted warnings of a step say of the accepted rows of `made`. */
async function warned(
  bench: Awaited<ReturnType<typeof openBench>>,
  step: Awaited<ReturnType<typeof compileSql>>,
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { message, count } of step.warnings!) {
    const [row] = await bench.rows(`select ${count.text} as n from made where _reject = 0`)
    if (Number(row!.n) > 0) counts[message] = Number(row!.n)
  }
  return counts
}

/** By JavaScript's own shortest digits (ECMA-262, Number::toString), moved by their exponent. */
function shortestDecimal(number: number, precision: number, scale: number): string | readonly string[] {
  const [, sign, whole, decimals = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(
    String(number),
  )!
  const digits = whole! + decimals
  const point = whole!.length + Number(exponent)
  const left = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '0'
  const right = (point > 0 ? digits.slice(point) : digits.padStart(digits.length - point, '0')).replace(
    /0+$/,
    '',
  )
  if (right.length > scale || left.length > precision - scale) return ['not_decimal']
  const text = `${left}.${right.padEnd(scale, '0')}`
  return /[1-9]/.test(text) ? sign + text : text
}
