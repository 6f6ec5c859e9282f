import {
  listSink,
  namedColumns,
  peoplePlugin,
  ruledSegment,
  SmallProject,
  SmallReceiver,
} from '@sillage/run/testing'

export const people = `id,mail,town
17850,ada@mail.example,Nice
13047,bob@mail.example,Lyon
178501,eve@mail.example,Nice
,ada@mail.example,Metz
`

/** People whose rows are named, given a segment, listed in a file and told to a receiver. */
export const peoplePipeline = (more = '') => `pipeline: small
stages:
  raw: { uses: collect/people, with: { path: "in/*.csv" } }
  named:
    uses: clean/named
    from: raw
    with: { columns: { person_id: { from: id }, email: { from: mail, personal: true }, city: { from: town } } }
  grouped:
    uses: segment/ruled
    from: named
    with: { into: coast, rules: [{ name: south, when: "city = 'Nice'" }, { name: north, when: "city = 'Lille'" }], otherwise: inland }
  list: { uses: activate/list, from: grouped, with: { path: out/list.csv } }
  sheet: { uses: activate/list, from: grouped, with: { path: out/sheet.parquet, format: parquet } }
  crm: { uses: activate/tell, from: grouped, with: { url: "https://crm.example/in?token=x", mode: mirror, key: [person_id] } }
marts:
  people: { from: grouped, key: [person_id], description: One row a person. }
${more}`

/** A project of people, with the receiver that it tells. */
export class PeopleProject extends SmallProject {
  readonly receiver: SmallReceiver

  constructor(files: Readonly<Record<string, string>> = {}) {
    const receiver = new SmallReceiver()
    super([peoplePlugin, namedColumns, ruledSegment, listSink, receiver.sink], {
      'pipeline.yaml': peoplePipeline(),
      'in/a.csv': people,
      ...files,
    })
    this.receiver = receiver
  }
}
