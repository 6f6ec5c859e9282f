import { describe, expect, it } from 'vitest'
import { ask, history, martPipeline, tiersPipeline } from './testing/history.ts'
import { TestProject } from './testing/project.ts'

interface Diff {
  readonly diff: {
    readonly before: string
    readonly after: string
    readonly tables: {
      readonly added: readonly unknown[]
      readonly removed: readonly unknown[]
      readonly kept: readonly {
        readonly table: string
        readonly key: readonly string[]
        readonly columns: unknown
        readonly rows: unknown
        readonly changed_columns: unknown
        readonly migrations: readonly { readonly column: string; readonly cells: readonly unknown[] }[]
        readonly samples?: unknown
      }[]
    }
  }
}

async function diff(project: TestProject, ...args: readonly string[]): Promise<Diff['diff']> {
  const ended = await project.run(['diff', ...args, '--output', 'json'])
  expect(ended.exit, ended.out + ended.err).toBe(0)
  return (ended.json() as Diff).diff
}

async function refused(project: TestProject, ...args: readonly string[]) {
  const ended = await project.run([...args, '--output', 'json'])
  const { error } = ended.json() as { readonly error: { readonly code: string; readonly hint: string } }
  return { exit: ended.exit, ...error }
}

describe('diff', () => {
  it('counts rows by key, columns that changed, and who went from which segment to which', async () => {
    using project = new TestProject({
      'pipeline.yaml': tiersPipeline(),
      'people.csv': 'id,name,spent\n1,ann,10\n2,bob,60\n3,cid,150\n4,dee,20\n5,eve,55\n',
    })
    const first = await history(project)
    project.write('people.csv', 'id,name,spent\n2,bob,160\n3,cid,150\n4,dan,20\n5,eve,5\n6,fay,70\n7,gus,1\n')
    const second = await history(project)
    const found = await diff(project, 'p')
    expect(found).toMatchObject({ before: first, after: second })
    const [people] = found.tables.kept
    expect(people).toEqual({
      table: 'people',
      key: ['id'],
      columns: { added: [], removed: [], retyped: [] },
      rows: { before: 5, after: 6, added: 2, removed: 1, changed: 3 },
      changed_columns: [
        { column: 'spent', rows: 2 },
        { column: 'tier', rows: 2 },
        { column: 'name', rows: 1 },
      ],
      migrations: [
        {
          column: 'tier',
          cells: [
            { kind: 'stayed', from: 'high', to: 'high', rows: 1 },
            { kind: 'stayed', from: 'low', to: 'low', rows: 1 },
            { kind: 'left', from: 'low', to: null, rows: 1 },
            { kind: 'moved', from: 'mid', to: 'high', rows: 1 },
            { kind: 'moved', from: 'mid', to: 'low', rows: 1 },
            { kind: 'entered', from: null, to: 'low', rows: 1 },
            { kind: 'entered', from: null, to: 'mid', rows: 1 },
          ],
        },
      ],
    })
    const text = await project.run(['diff', 'p'])
    expect(text.out).toContain('5 → 6 rows: 2 added, 1 removed, 3 changed')
    expect(text.out).not.toMatch(/ann|bob|dee|dan/)
  })

  it('shows keys only where samples are asked for, and never another value', async () => {
    using project = new TestProject({
      'pipeline.yaml': tiersPipeline(),
      'people.csv': 'id,name,spent\n1,ann,10\n2,bob,60\n3,cid,150\n',
    })
    await history(project)
    project.write('people.csv', 'id,name,spent\n2,bea,160\n3,cid,150\n9,zoe,1\n')
    await history(project)
    expect((await diff(project, 'p')).tables.kept[0]).not.toHaveProperty('samples')
    expect((await diff(project, 'p', '--samples', '1')).tables.kept[0]!.samples).toEqual({
      added: [{ id: 9 }],
      removed: [{ id: 1 }],
      changed: [{ id: 2, _changed: ['name', 'spent', 'tier'] }],
    })
  })

  it('tells columns that came, went and changed their type, and pairs rows whose key did', async () => {
    using project = new TestProject({
      'pipeline.yaml': martPipeline('x: "name", n: "cast(spent as integer)", k: "cast(id as integer)"', [
        'k',
      ]),
      'people.csv': 'id,name,spent\n1,ann,10\n2,bob,60\n',
    })
    await history(project)
    project.write(
      'pipeline.yaml',
      martPipeline(
        'y: "1.5", n: "cast(spent as decimal(9,2)) + cast(id - 1 as decimal(9,2)) / 2", k: "cast(id as varchar)"',
        ['k'],
      ),
    )
    await history(project)
    const [people] = (await diff(project, 'p')).tables.kept
    expect(people).toMatchObject({
      key: ['k'],
      columns: {
        added: [{ name: 'y', type: 'DECIMAL(2,1)' }],
        removed: [{ name: 'x', type: 'VARCHAR' }],
        retyped: [
          { name: 'n', from: 'INTEGER' },
          { name: 'k', from: 'INTEGER', to: 'VARCHAR' },
        ],
      },
      rows: { added: 0, removed: 0, changed: 1 },
      changed_columns: [{ column: 'n', rows: 1 }],
    })
  })

  it('compares whole rows as a bag where the mart has no key', async () => {
    using project = new TestProject({
      'pipeline.yaml': martPipeline('z: "1"', []),
      'people.csv': 'id,name,spent\n1,ann,10\n1,ann,10\n2,bob,\n',
    })
    await history(project)
    project.write('people.csv', 'id,name,spent\n1,ann,10\n2,bob,\n2,bob,\n3,cid,5\n')
    await history(project)
    expect((await diff(project, 'p')).tables.kept[0]).toMatchObject({
      key: [],
      rows: { before: 3, after: 4, added: 2, removed: 1, changed: null },
      migrations: [],
    })
  })

  it('takes any two kept versions, by the beginning of their name, and tells tables that came and went', async () => {
    using project = new TestProject({
      'pipeline.yaml': martPipeline('z: "1"', ['id']),
      'people.csv': 'id,name,spent\n1,ann,10\n',
    })
    const first = await history(project)
    project.write('people.csv', 'id,name,spent\n1,ann,10\n2,bob,60\n')
    await history(project)
    project.write('pipeline.yaml', martPipeline('z: "1"', ['id']).replace('{ people:', '{ others:'))
    const third = await history(project)
    const found = await diff(project, 'p', first, third)
    expect(found.tables).toEqual({
      added: [{ table: 'others', rows: 2 }],
      removed: [{ table: 'people', rows: 1 }],
      kept: [],
    })
    expect(await diff(project, 'p', third, first)).toMatchObject({ before: third, after: first })
  })

  it('says what to type where there is nothing to compare', async () => {
    using project = new TestProject({
      'pipeline.yaml': tiersPipeline(),
      'people.csv': 'id,name,spent\n1,ann,10\n',
    })
    expect(await refused(project, 'diff', 'p')).toMatchObject({
      exit: 1,
      code: 'mart_missing',
      hint: 'sillage run p',
    })
    const only = await history(project)
    expect(await refused(project, 'diff', 'p')).toMatchObject({ exit: 1, code: 'version_before_missing' })
    expect(await refused(project, 'diff', 'p', only)).toMatchObject({ exit: 2, code: 'same_version' })
    expect(await refused(project, 'diff', 'p', '2001')).toMatchObject({ exit: 2, code: 'version_unknown' })
    expect(await refused(project, 'diff', 'p', 'a', 'b', 'c')).toMatchObject({ exit: 2 })
    expect(await ask(project, 'select column_name as name, "key", role from sillage.columns')).toEqual([
      { name: 'id', key: true, role: null },
      { name: 'name', key: false, role: null },
      { name: 'spent', key: false, role: null },
      { name: 'tier', key: false, role: 'segment' },
    ])
  })
})
