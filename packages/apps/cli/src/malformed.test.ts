import { describe, expect, it } from 'vitest'
import { type Found, findings, succeeded } from './testing/outcome.ts'
import { TestProject } from './testing/project.ts'

const head = 'pipeline: odd\nas_of: 2026-01-01\nstages:\n'
const raw = '  raw: { uses: collect/csv, with: { path: a.csv } }\n'
const derive = (name: string, from = 'raw', columns = 'a: "1"'): string =>
  `  ${name}: { uses: enrich/derive, from: ${from}, with: { columns: { ${columns} } } }\n`

/** Pipelines that are refused: text → code at line. */
const refused: Readonly<Record<string, readonly [text: string, code: string, line: number]>> = {
  'a list': ['- a\n', 'type_wrong', 1],
  'a text': ['hello\n', 'type_wrong', 1],
  'stages as a list': ['pipeline: p\nstages: []\n', 'type_wrong', 2],
  'stages as a number': ['pipeline: p\nstages: 3\n', 'type_wrong', 2],
  'stages without anything': ['pipeline: p\nstages:\n', 'type_wrong', 2],
  'a stage without anything': ['pipeline: p\nstages: { raw: }\n', 'type_wrong', 2],
  'with as a text': [`${head}  raw: { uses: collect/csv, with: text }\n`, 'type_wrong', 4],
  'expect as a map': [
    `${head}  raw: { uses: collect/csv, with: { path: a.csv }, expect: { unique: [id] } }\n`,
    'type_wrong',
    4,
  ],
  'a check as a text': [
    `${head}  raw: { uses: collect/csv, with: { path: a.csv }, expect: [ unique ] }\n`,
    'expect_invalid',
    4,
  ],
  'marts as a list': [`${head}${raw}marts: [ raw ]\n`, 'type_wrong', 5],
  'a mart as a text': [`${head}${raw}marts: { m: raw }\n`, 'type_wrong', 5],
  'a mart that cannot be a table': [
    `${head}${raw}marts: { "m; drop table x": { from: raw } }\n`,
    'name_invalid',
    5,
  ],
  'a mart without a name': [`${head}${raw}marts: { "": { from: raw } }\n`, 'name_invalid', 5],
  'params as a list': [`pipeline: p\nparams: [ a ]\nstages:\n${raw}`, 'type_wrong', 2],
  'a parameter of an unknown type': [
    `pipeline: p\nparams: { a: { type: dat, default: 1 } }\nstages:\n${raw}`,
    'value_unknown',
    2,
  ],
  'from as a number': [`${head}${raw}${derive('b', '3')}`, 'type_wrong', 5],
  'from as an empty list': [`${head}${raw}${derive('b', '[]')}`, 'type_wrong', 5],
  'from with an unknown role': [`${head}${raw}${derive('b', '{ x: raw }')}`, 'role_missing', 5],
  'from an inherited name': [`${head}${raw}${derive('b', 'toString')}`, 'stage_unknown', 5],
  'a cycle of one': [`${head}${raw}${derive('b', 'b')}`, 'cycle', 5],
  'a stage called __proto__': [`${head}${raw}${derive('__proto__')}`, 'name_invalid', 5],
  'a stage with an accent': [`${head}${raw}${derive('données')}`, 'name_invalid', 5],
  'a stage with a very long name': [`${head}${raw}${derive('a'.repeat(300))}`, 'name_invalid', 5],
  'a pipeline with a very long name': [`pipeline: ${'a'.repeat(300)}\nstages:\n${raw}`, 'value_invalid', 1],
  'a pipeline that leaves its folder': [`pipeline: ../../x\nstages:\n${raw}`, 'value_invalid', 1],
  'a column called __proto__': [`${head}${raw}${derive('b', 'raw', '__proto__: "1"')}`, 'name_reserved', 5],
  'a key that is a list': [`${head}  ? [a]\n  : { uses: collect/csv }\n`, 'yaml_non_string_key', 4],
  'several documents': [`${head}${raw}---\na: 1\n`, 'yaml_multiple_docs', 5],
  'a tag': [`${head}  raw: !!js/function "x"\n`, 'yaml_tag_resolve_failed', 4],
  'a very deep file': [`a: ${'['.repeat(20_000)}${']'.repeat(20_000)}`, 'yaml_resource_exhaustion', 1],
  'an alias of itself': [
    'pipeline: p\nstages: &s\n  a: { uses: collect/csv, with: *s }\n',
    'yaml_alias_of_itself',
    3,
  ],
  'a memory that is no size': [`pipeline: p\nmemory: [1]\nstages:\n${raw}`, 'type_wrong', 2],
  'a bound that does not compare': [
    `${head}  raw: { uses: collect/csv, with: { path: a.csv }, expect: [ { range: { column: b, min: 5 } } ] }\n`,
    'check_invalid',
    4,
  ],
}

describe('a pipeline file with', () => {
  it.concurrent.each(
    Object.entries(refused).map(([name, [text, code, line]]) => ({ name, text, code, line })),
  )('$name is refused with its line and a hint', async ({ text, code, line }) => {
    using project = new TestProject({ 'pipeline.yaml': text, 'a.csv': 'id,b\n1,x\n' })
    const found = findings(await project.run(['validate', 'pipeline.yaml', '--output', 'json']))
    expect(
      found.find((one) => one.code === code),
      JSON.stringify(found),
    ).toMatchObject({ line })
  })

  it('anchors, merged keys, names that SQL or JavaScript use for themselves, and unicode columns runs', async () => {
    const words = ['select', 'table', 'order', 'null', 'true', 'constructor', 'tostring']
    using project = new TestProject({
      'a.csv': 'id,b\n1,x\n2,y\n',
      'pipeline.yaml': `${head}  raw: &raw { uses: collect/csv, with: &options { path: a.csv } }
  again: { <<: *raw, description: The same once more. }
  third: { uses: collect/csv, with: *options }
${derive('joined', '[raw, again, third]', '"prénom 😀": "b || \'é😀\' || id", constructor: "1", x: "\\"prénom 😀\\" || as_of"')}${words.map((word) => derive(word, 'joined', `"${word}": "b"`)).join('')}marts:
  joined: { from: joined }
${words.map((word) => `  ${word}: { from: "${word}" }\n`).join('')}`,
    })
    const { steps } = succeeded(await project.run(['run', '--output', 'json']))
    expect(steps.find((step) => step.stage === 'joined')).toMatchObject({ rows_in: 6, rows_out: 6 })
    const asked = 'select distinct x, constructor from joined where id = 1'
    const answer = await project.run(['query', 'odd', asked, '--output', 'json'])
    expect((answer.json() as { readonly rows: unknown }).rows).toEqual([
      { x: 'xé😀12026-01-01', constructor: 1 },
    ])
  })
})

describe('expressions', () => {
  it('that are scalar work: lambdas, struct fields, comments, quotes, casts, intervals, as_of', async () => {
    const good: readonly (readonly [text: string, value: unknown])[] = [
      ['list_filter([1, 2, n], y -> y > 1)', [2, 5]],
      ['list_filter([1, 2, n], lambda y: y > 1)', [2, 5]],
      ['list_transform([1], lambda as_of: as_of + n)', [6]],
      ['[x + n for x in [1, 2] if x > 1]', [7]],
      ["{'a': n}.a", 5],
      ['place.city', 'Lyon'],
      ["place['city']", 'Lyon'],
      ['n -- )', 5],
      ["b || ' -- '", 'é😀 -- '],
      ['\'é😀\' || as_of || "as_of"', 'é😀2026-01-012026-01-01'],
      ["as_of - interval '3 days'", '2025-12-29T00:00:00'],
      ['cast(n as decimal(8, 2))', '5.00'],
      ["case when n in (1, 5) then 'in' else 'out' end", 'in'],
    ]
    const columns = good.map(([text], index) => `e${index}: ${JSON.stringify(text)}`).join(', ')
    using project = new TestProject({
      'a.csv': 'n,b\n5,é😀\n',
      'pipeline.yaml': `${head}${raw}${derive('placed', 'raw', "place: \"{'city': 'Lyon'}\"")}${derive('b', 'placed', columns)}marts: { b: { from: b } }\n`,
    })
    succeeded(await project.run(['run', '--output', 'json']))
    const answer = await project.run(['query', 'odd', 'from b', '--output', 'json'])
    const [row] = (answer.json() as { readonly rows: readonly Readonly<Record<string, unknown>>[] }).rows
    expect(good.map(([text], index) => [text, row![`e${index}`]])).toEqual(good)
  })

  it('that are anything else are refused, each at its line, before anything runs', async () => {
    const bad: readonly (readonly [text: string, said: string])[] = [
      ['"; drop table raw', 'no SQL expression'],
      ['1); drop table raw; --', 'no SQL expression'],
      ['1; select 2', 'several'],
      ['n) + (1', 'no SQL expression'],
      ['select', 'no SQL expression'],
      [';', 'no SQL expression'],
      ['(select max(n) from raw)', 'subquery'],
      ['n in (select 1)', 'subquery'],
      ['list_transform([1], lambda z: (select 1))', 'subquery'],
      ["read_text('/etc/passwd')", 'read_text'],
      ["getenv('HOME')", 'getenv'],
      ["current_setting('memory_limit')", 'current_setting'],
      ['current_date', 'reads the clock'],
      ['now()', 'reads the clock'],
      ["age(timestamp '2020-01-01')", 'reads the clock'],
      ['random()', 'random'],
      ['current_query()', 'current_query'],
      ['len(range(3000000000))', 'too long to work out'],
      ['sum(n)', 'sum'],
      ['row_number() over ()', 'window'],
      ['uper(b)', 'no function "uper"'],
      ['*', 'star'],
      ['n, b', 'several'],
      ['n as q', 'alias'],
      ['n from raw', 'without from'],
      ['$1', 'parameter'],
      ['raw.n', 'names a relation'],
      ['list_filter([1], lambda y: y > nn)', 'no column "nn"'],
      ['b + 1', 'Binder Error'],
      [`${'1+'.repeat(20_000)}1`, 'depth'],
    ]
    using project = new TestProject({
      'a.csv': 'n,b\n5,x\n',
      'pipeline.yaml': `${head}${raw}${bad.map(([text], index) => derive(`e${index}`, 'raw', `z: ${JSON.stringify(text)}`)).join('')}`,
    })
    const found = findings(await project.run(['validate', '--output', 'json']))
    const at = new Map<number, Found[]>()
    for (const one of found) at.set(one.line, [...(at.get(one.line) ?? []), one])
    for (const [index, [text, said]] of bad.entries()) {
      const here = at.get(index + 5) ?? []
      expect(
        here
          .map((one) => one.message)
          .join('\n')
          .toLowerCase(),
        text,
      ).toContain(said.toLowerCase())
    }
    expect(found.find((one) => one.message.includes('uper'))!.hint).toContain('upper')
  })
})
