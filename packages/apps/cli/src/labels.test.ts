import { expect, it } from 'vitest'
import { TestProject } from './testing/project.ts'

const pipeline = (labels: string): string => `pipeline: p
stages:
  raw: { uses: collect/csv, with: { path: people.csv, all_text: true } }
  people:
    uses: clean/contract
    from: raw
    with: { columns: { id: { type: text, required: true }, kind: { type: text, values: [inn, farm] }, town: { type: text } } }
    expect: [{ unique: [id] }]
  segmented:
    uses: segment/rules
    from: people
    with:
      into: segment
      rules: [{ name: champions, when: "kind = 'inn'", treatment: valoriser, actions: [mailing] }]
      otherwise: { name: others, treatment: conquerir, actions: [call] }
    expect: [{ sql: "id is not null", name: nobody is without an id }]
marts:
  people: { from: segmented, key: [id] }
labels:
${labels}`

interface Told {
  readonly valid: boolean
  readonly diagnostics: readonly {
    readonly code: string
    readonly severity: string
    readonly message: string
    readonly line: number
    readonly column: number
    readonly hint: string
  }[]
}

async function told(labels: string): Promise<Told['diagnostics']> {
  using project = new TestProject({
    'people.csv': 'id,kind,town\n1,inn,Reims\n',
    'pipeline.yaml': pipeline(labels),
  })
  const ended = await project.run(['validate', '--output', 'json'])
  expect(ended.exit, ended.err).toBe(0)
  return (ended.json() as Told).diagnostics
}

it('a label of a name that there is not is a warning with its place and the name that was meant', async () => {
  const found = await told(`  columns: { id: Number, knd: Kind }
  stages: { raw: Raw, segmentd: By segment }
  segments: { champions: Champions, other: Others }
  checks:
    unique(id): Nobody twice
    key of people is uniqe: Nobody twice
    nobody is without an id: Each has an id
    key of people is not null: Each has an id
  values:
    kind: { inn: Inn, frm: Farm }
    twon: { Reims: City of Reims }
    town: { Rheims: City of Reims }
    treatment: { valoriser: Grow, conqerir: Win }
    actions: { mailing: Letter, cal: Call }
`)
  expect(found.map(({ code, severity }) => [code, severity])).toEqual(
    found.map(() => ['label_unknown', 'warning']),
  )
  expect(found.map(({ line, column, hint }) => [line, column, hint])).toEqual([
    [20, 26, 'did you mean "kind"?'],
    [21, 23, 'did you mean "segmented"?'],
    [22, 37, 'did you mean "others"?'],
    [25, 5, 'did you mean "key of people is unique"?'],
    [29, 23, 'did you mean "farm"?'],
    [30, 5, 'did you mean "town"?'],
    [32, 35, 'did you mean "conquerir"?'],
    [33, 33, 'did you mean "call"?'],
  ])
})

it('values that only the data tell are held to nothing', async () => {
  expect(await told('  values: { town: { Nowhere: Nowhere }, anything: Anything }\n')).toEqual([])
})
