import { SillageError } from '@sillage/base'
import { defineBatch, defineProgram, defineSource, defineSql, sql, t } from '@sillage/sdk'
import { afterEach, describe, expect, it } from 'vitest'
import { SmallPlan } from './testing/small-plan.ts'

const open: SmallPlan[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one[Symbol.asyncDispose]()
})

const own = (more: object) =>
  defineSql({
    name: 'enrich/own',
    summary: 'A test.',
    config: t.object({
      where: t.optional(t.expression()),
      by: t.optional(t.column()),
      note: t.optional(t.text()),
      into: t.optional(t.newColumn()),
    }),
    rows: 'same',
    incremental: 'by_row',
    examples: [],
    sql: ({ input }: { readonly input: ReturnType<typeof sql.id> }) => sql`select * from ${input}`,
    ...more,
  } as never)
const text = (stage: string, top = '') => `pipeline: small
${top}stages:
  rows: { uses: collect/rows, with: { path: "in/*.csv" } }
  own: ${stage}
marts: { own: { from: own } }
`
const plain = '{ uses: enrich/own, from: rows, with: {} }'
function small(plugin: unknown, stage = plain, top = ''): SmallPlan {
  const one = new SmallPlan([plugin], { 'in/a.csv': 'id,town\n1,a\n', 'pipeline.yaml': text(stage, top) })
  open.push(one)
  return one
}
const told = async (one: SmallPlan, more?: Parameters<SmallPlan['told']>[0]) =>
  (await one.told(more)).map((line) => line.replace(/^\d+ /, ''))

describe('a stage', () => {
  it('is a step of finished SQL with its columns, what it reads, and why it is a table', async () => {
    const { own: step, rows } = await small(own({})).steps()
    expect(step).toMatchObject({
      stage: 'own',
      style: 'sql',
      kind: 'enrich',
      plugin: 'enrich/own',
      module: 'file:///small.js',
      inputs: { input: ['rows'] },
      columns: [
        { name: 'id', type: 'BIGINT' },
        { name: 'town', type: 'VARCHAR' },
      ],
      select: 'select * from "collect"."rows"',
      rows: 'same',
      incremental: 'by_row',
      stored: 'a mart shows it',
      provenance: false,
      carries: false,
      outputs: {},
      rejects: [],
    })
    expect([rows!.stored, rows!.fusedInto, step!.fusedInto]).toEqual([undefined, 'own', undefined])
    expect(step!.parts).toMatchObject({
      as_of: null,
      inputs: [{ role: 'input', stage: 'rows', output: null, fingerprint: rows!.fingerprint }],
      files: [],
    })
    expect(rows!.parts.files).toMatchObject([{ name: 'a.csv', size: 12 }])
  })

  it('has another fingerprint where anything that it depends on is other', async () => {
    const print = async (plugin: unknown, stage = plain, top = '') =>
      (await small(plugin, stage, top).steps()).own!.fingerprint
    const usual = await print(own({}))
    expect(await print(own({}))).toBe(usual)
    expect(await print(own({}), plain.replace('{} }', '{ note: a } }'))).not.toBe(usual)
    expect(await print(own({ summary: 'other' }))).not.toBe(usual)
    expect(await print(own({}), plain, 'as_of: 2026-01-31\n')).toBe(usual)
    const reading = own({
      sql: ({ input, asOfSql }: { readonly input: never; readonly asOfSql: never }) =>
        sql`select *, ${asOfSql} as day from ${input}`,
    })
    const first = await print(reading, plain, 'as_of: 2026-01-31\n')
    expect(await print(reading, plain, 'as_of: 2026-02-01\n')).not.toBe(first)
    const one = small(own({}))
    const before = (await one.steps()).own!.fingerprint
    one.write('in/a.csv', 'id,town\n2,a\n')
    expect((await one.steps()).own!.fingerprint).not.toBe(before)
  })

  it('reads the day only where an expression names it', async () => {
    const asking = own({
      sql: ({ input, expression, config }: never) =>
        sql`select * from ${input} where ${(expression as (text: string) => never)((config as { where: string }).where)}`,
    })
    const day = async (where: string) =>
      (
        await small(
          asking,
          `{ uses: enrich/own, from: rows, with: { where: "${where}" } }`,
          'as_of: 2026-01-31\n',
        ).steps()
      ).own!.parts.as_of
    expect([await day('id > 0'), await day('as_of is not null')]).toEqual([null, '2026-01-31'])
  })
})

describe('what is wrong with a stage', () => {
  it('is told by its plugin, at its place; a warning stops nothing', async () => {
    const checking = (severity?: string) =>
      own({
        check: () => [
          { code: 'own_found', message: 'it is odd', path: ['note'], ...(severity ? { severity } : {}) },
        ],
      })
    const stage = '{ uses: enrich/own, from: rows, with: { note: a } }'
    expect((await told(small(checking(), stage)))[0]).toContain('it is odd')
    const warned = await small(checking('warning'), stage).make()
    expect([warned.diagnostics.map(({ severity }) => severity), warned.plan === undefined]).toEqual([
      ['warning'],
      false,
    ])
  })

  it('is told together, but each place once, and a check that breaks then says nothing', async () => {
    const stage = '{ uses: enrich/own, from: rows, with: { by: twon, note: a } }'
    const checking = (check: () => unknown) => own({ check })
    const both = await told(
      small(
        checking(() => [
          { code: 'own_found', message: 'again', path: ['by'] },
          { code: 'own_found', message: 'another', path: ['note'] },
        ]),
        stage,
      ),
    )
    expect(both.map((line) => line.split(': ').slice(1).join(': '))).toEqual([
      '"rows" has no column "twon"',
      'another',
    ])
    const broken = await told(
      small(
        checking(() => {
          throw new TypeError('no column')
        }),
        stage,
      ),
    )
    expect(broken).toEqual(['column_unknown: "rows" has no column "twon"'])
  })

  const failing = (error: () => unknown) =>
    own({
      sql: () => {
        throw error()
      },
    })

  it('is the day that is not given', async () => {
    const reading = own({
      sql: ({ input, asOfSql }: { readonly input: never; readonly asOfSql: never }) =>
        sql`select *, ${asOfSql} as day from ${input}`,
    })
    expect(await told(small(reading))).toEqual([
      'as_of_missing: "own" needs to know what "today" is, and the pipeline has no as_of',
    ])
  })

  it('is what the plugin throws: its own error, or that it does not compile', async () => {
    const error = () => new SillageError({ code: 'columns_invalid', message: 'said so', hint: 'mend' })
    expect(await told(small(failing(error)))).toEqual(['columns_invalid: said so'])
    expect(await told(small(failing(() => new TypeError('x is undefined'))))).toEqual([
      'stage_invalid: "own" does not compile: x is undefined',
    ])
    const bad = own({ sql: ({ input }: { readonly input: never }) => sql`select nothing from ${input}` })
    const [line] = await told(small(bad))
    expect(line).toMatch(/^stage_invalid: "own" does not compile: .*nothing.* not found/)
    expect(line).not.toContain('LINE')
  })

  it('is told with the place in the code of a plugin of the project', async () => {
    const one: SmallPlan = small(
      failing(() =>
        Object.assign(new TypeError('odd'), {
          stack: `TypeError: odd\n    at sql (${one.folder}/plugins/own.ts:5:12)`,
        }),
      ),
    )
    expect(await told(one, { proven: false })).toEqual([
      'stage_invalid: "own" does not compile: odd (plugins/own.ts:5:12)',
    ])
    expect(await told(one)).toEqual(['stage_invalid: "own" does not compile: odd'])
    const nowhere = small(failing(() => Object.assign(new TypeError('odd'), { stack: 'TypeError: odd' })))
    expect(await told(nowhere, { proven: false })).toEqual(['stage_invalid: "own" does not compile: odd'])
  })

  it('is blamed on the expression that does not bind by itself', async () => {
    const using = own({
      sql: ({ input, expression, config }: never) =>
        sql`select *, ${(expression as (text: string) => never)((config as { where: string }).where)} as x from ${input}`,
    })
    const [line, ...others] = await told(
      small(using, `{ uses: enrich/own, from: rows, with: { where: "town + id * lower(id)" } }`),
    )
    expect([line!.split(':')[0], others]).toEqual(['expression_invalid', []])
  })

  it('is a column that the engine counts by and the select lacks', async () => {
    const grouping = own({ rows: 'group' })
    expect((await told(small(grouping)))[0]).toContain(
      'reserved_column_missing: "own" groups rows, and its select makes no column _rows of whole numbers',
    )
    const refusing = (reject: string) =>
      own({
        sql: ({ input }: { readonly input: never }) => ({
          select: sql`select *, ${sql.trusted(reject)} as _reject from ${input}`,
          rejects: [{ code: 'a', message: 'b' }],
        }),
      })
    expect((await told(small(refusing("'x'"))))[0]).toContain(
      'refuses rows, and its select makes no column _reject',
    )
    expect(await told(small(refusing('0::bigint')))).toEqual([])
  })

  it('stops nothing else from being looked at', async () => {
    const one = small(
      failing(() => new TypeError('a')),
      `${plain}\n  other: { uses: enrich/add, from: rows, with: { columns: { x: "idd" } } }\n  behind: { uses: enrich/add, from: own, with: { columns: { x: "idd" } } }`,
    )
    expect((await told(one)).map((line) => line.split(':')[0])).toEqual(['stage_invalid', 'column_unknown'])
  })
})

describe('marts', () => {
  it('are held to the columns and outputs of their stages', async () => {
    const one = small(own({}))
    one.write(
      'pipeline.yaml',
      text(plain).replace(
        'own: { from: own } }',
        'own: { from: own, key: [idd], columns: { twon: { personal: true } } } }',
      ),
    )
    expect(await told(one)).toEqual([
      'column_unknown: "own" has no column "idd"',
      'column_unknown: "own" has no column "twon"',
    ])
  })
})

describe('places', () => {
  const placed = own({
    refuses: true,
    sql: ({ input, provenance }: { readonly input: never; readonly provenance: boolean }) => ({
      select: sql`select id, town${provenance ? sql`, _file, _line` : sql.empty}, 0::bigint as _reject from ${input}`,
      rejects: [{ code: 'a', message: 'b' }],
    }),
  })
  it('are asked of the first input of who refuses rows, and shown to nobody', async () => {
    const { own: step, rows } = await small(placed).steps()
    expect([rows, step].map((one) => (one as { readonly provenance: boolean }).provenance)).toEqual([
      true,
      true,
    ])
    expect(step!.columns.map(({ name }) => name)).toEqual(['id', 'town'])
    expect(step!.parts.provenance).toBe(false)
    expect(rows!.parts.files).toMatchObject([{ shown: 'in/a.csv' }])
    const { rows: plain } = await small(own({})).steps()
    expect((plain as { readonly provenance: boolean }).provenance).toBe(false)
  })
})

describe('inputs', () => {
  const union =
    '{ uses: enrich/own, from: [rows, more], with: {} }\n  more: { uses: collect/rows, with: { path: more.csv } }'
  it('of several stages are united by name', async () => {
    const one = small(own({}), union)
    one.write('more.csv', 'town,n\nb,1\n')
    const { own: step, rows } = await one.steps()
    expect(step!.columns).toEqual([
      { name: 'id', type: 'BIGINT' },
      { name: 'town', type: 'VARCHAR' },
      { name: 'n', type: 'BIGINT' },
    ])
    expect((step as { readonly select: string }).select).toContain('union all by name')
    expect([step!.parts.inputs.map(({ stage }) => stage), rows!.stored]).toEqual([
      ['rows', 'more'],
      'own reads it beside others',
    ])
  })

  it('keep what is known of columns: comments, and whose they are', async () => {
    const noting = own({
      sql: ({ input }: { readonly input: never }) => ({
        select: sql`select *, upper(town) as loud, length(town) as size from ${input}`,
        notes: { town: { personal: true, comment: 'where', values: ['a'] } },
      }),
    })
    const one = small(
      noting,
      `${plain}\n  next: { uses: enrich/add, from: own, with: { columns: { low: "lower(town)", n: "id + 1" } } }`,
    )
    const { own: step, next } = await one.steps()
    expect(step).toMatchObject({ values: { town: ['a'] } })
    expect(
      step!.columns.map(({ name, personal = false, comment = '' }) => [name, personal, comment]),
    ).toEqual([
      ['id', false, ''],
      ['town', true, 'where'],
      ['loud', false, ''],
      ['size', false, ''],
    ])
    expect(
      next!.columns.map(({ name, personal = false, comment = '' }) => [name, personal, comment]),
    ).toEqual([
      ['id', false, ''],
      ['town', true, 'where'],
      ['loud', false, ''],
      ['size', false, ''],
      ['low', true, ''],
      ['n', false, ''],
    ])
  })
})

describe('a SQL step', () => {
  it('has further outputs, which read what it accepted', async () => {
    const more = own({
      outputs: { big: 'Big ones' },
      sql: ({ input }: { readonly input: never }) => ({
        select: sql`select * from ${input}`,
        outputs: (self: ReturnType<typeof sql.id>) => ({ big: sql`select id from ${self} where id > 1` }),
      }),
    })
    const one = small(
      more,
      `${plain}\n  next: { uses: enrich/add, from: own.big, with: { columns: { x: "id" } } }`,
    )
    const { own: step, next } = await one.steps()
    expect(step!.outputs).toEqual({
      big: {
        select: 'select id from "enrich"."own" where id > 1',
        columns: [{ name: 'id', type: 'BIGINT' }],
      },
    })
    expect([step!.stored, next!.inputs]).toEqual(['it has further outputs', { input: ['own.big'] }])
    one.write('pipeline.yaml', text(plain).replace('from: own }', 'from: own.big }'))
    expect((await one.make()).plan!.marts[0]!.from).toMatchObject({ output: 'big' })
  })

  it('is told by key only where its plugin names one that it does not make', async () => {
    const grouping = (key: readonly string[] | undefined) =>
      own({ incremental: 'by_key', ...(key ? { key: () => key } : {}) })
    const incremental = async (plugin: unknown, stage = plain) => {
      const { own: step } = await small(plugin, stage).steps()
      return (step as { readonly incremental: string }).incremental
    }
    expect(await incremental(grouping(['id']))).toBe('by_key')
    expect(await incremental(grouping(undefined))).toBe('whole')
    expect(await incremental(grouping(['id']), '{ uses: enrich/own, from: rows, with: { into: id } }')).toBe(
      'whole',
    )
    expect(await incremental(own({ incremental: () => 'whole' }))).toBe('whole')
  })

  it('of a project is a table, since its rows are counted', async () => {
    const { own: step } = await small(
      own({}),
      `${plain}\n  next: { uses: enrich/add, from: own, with: { columns: { x: "id" } } }`,
    ).steps({ proven: false })
    expect(step!.stored).toBe('its rows are counted: it is a plugin of the project')
  })
})

describe('other styles', () => {
  it('a batch step joins what it makes to what came in, without what it drops', async () => {
    const batch = defineBatch({
      name: 'enrich/own',
      summary: 'A test.',
      config: t.object({}),
      incremental: 'by_row',
      examples: [],
      reads: () => ['id'],
      drops: () => ['town'],
      output: () => [
        { name: 'id', type: 'VARCHAR' },
        { name: 'more', type: 'DOUBLE' },
      ],
      batch: async () => undefined,
    } as never)
    expect((await small(batch).steps()).own).toMatchObject({
      style: 'batch',
      columns: [
        { name: 'id', type: 'VARCHAR' },
        { name: 'more', type: 'DOUBLE' },
      ],
      stored: 'it runs in workers',
      reads: ['id'],
    })
  })

  it('a program says what columns it makes; of personal ones they are personal', async () => {
    const program = defineProgram({
      name: 'enrich/own',
      summary: 'A test.',
      config: t.object({}),
      rows: 'group',
      examples: [],
      columns: () => [
        { name: 'id', type: 'BIGINT' },
        { name: 'made', type: 'VARCHAR' },
      ],
      run: async () => undefined,
    } as never)
    const { own: step } = await small(program).steps()
    expect([step!.stored, step!.columns]).toEqual([
      'it is a program',
      [
        { name: 'id', type: 'BIGINT' },
        { name: 'made', type: 'VARCHAR' },
      ],
    ])
  })

  it('a source that is read is held to no columns of before; one that is scanned is', async () => {
    const reading = defineSource({
      name: 'collect/read',
      summary: 'A test.',
      config: t.object({}),
      examples: [],
      columns: () => [{ name: 'id', type: 'INTEGER' }],
      read: async function* () {},
    } as never)
    const one = small(reading, '{ uses: collect/read, with: {}, on_drift: freeze }')
    one.files = { lastColumns: () => [{ name: 'other', type: 'INTEGER' }] }
    one.write(
      'pipeline.yaml',
      text('{ uses: collect/read, with: {}, on_drift: freeze }').replace(
        'in/*.csv" } }',
        'in/*.csv" }, on_drift: freeze }',
      ),
    )
    expect((await told(one)).map((line) => line.split(' changed: ')[0])).toEqual([
      'source_drifted: The source of "rows"',
    ])
  })

  it('a source that is read has the columns that it declares, each once', async () => {
    const reading = (columns: readonly object[]) =>
      defineSource({
        name: 'collect/read',
        summary: 'A test.',
        config: t.object({}),
        examples: [],
        columns: () => columns,
        read: async function* () {},
      } as never)
    const one = (columns: readonly object[]) => small(reading(columns), '{ uses: collect/read, with: {} }')
    const { own: step } = await one([
      { name: 'id', type: 'int' },
      { name: 'n', type: 'DECIMAL(5,2)' },
    ]).steps()
    expect(step).toMatchObject({
      stored: 'it is read batch by batch',
      columns: [
        { name: 'id', type: 'INTEGER' },
        { name: 'n', type: 'DECIMAL(5,2)' },
      ],
      select: 'select "id", "n" from "step"."own"',
      asked: expect.any(String),
      parts: { duckdb: null },
    })
    expect(
      (
        await told(
          one([
            { name: 'id', type: 'INTEGER' },
            { name: 'ID', type: 'INTEGER' },
          ]),
        )
      )[0],
    ).toBe('columns_invalid: "own" declares the column "ID" twice')
    expect((await told(one([{ name: '_id', type: 'INTEGER' }])))[0]).toContain(
      '"own" declares the column "_id"',
    )
    expect((await told(one([])))[0]).toBe('columns_invalid: "own" declares no column')
  })
})
