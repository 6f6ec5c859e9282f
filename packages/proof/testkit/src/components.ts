import { defineProgram, t } from '@sillage/sdk'

/** The test kit's own program: what `defineProgram` is proven with. */
export default defineProgram({
  name: 'enrich/components',
  summary: 'Tells which texts are connected by edges, however far apart.',
  description:
    'A component is called by the smallest text in it. An edge with a null connects nothing; its other end is still told.',
  config: t.object({ from: t.column(), to: t.column() }),
  inputs: { input: 'the edges' },
  outputs: { sizes: 'how many texts each component has' },
  rows: 'expand',
  examples: [
    {
      title: 'Two components and a text with itself',
      with: { from: 'a', to: 'b' },
      inputs: {
        input: {
          columns: { a: 'VARCHAR', b: 'VARCHAR' },
          rows: [
            ['b', 'a'],
            ['c', 'b'],
            ['y', 'x'],
            ['z', 'z'],
            ['w', null],
          ],
        },
      },
      rows: [
        { node: 'a', component: 'a' },
        { node: 'b', component: 'a' },
        { node: 'c', component: 'a' },
        { node: 'w', component: 'w' },
        { node: 'x', component: 'x' },
        { node: 'y', component: 'x' },
        { node: 'z', component: 'z' },
      ],
    },
  ],
  columns: () => [
    { name: 'node', type: 'VARCHAR' },
    { name: 'component', type: 'VARCHAR' },
  ],
  outputColumns: () => ({
    sizes: [
      { name: 'component', type: 'VARCHAR' },
      { name: 'nodes', type: 'BIGINT' },
    ],
  }),
  run: async ({ inputs, config, tables, sql, note }) => {
    const edges = inputs.input!
    const [from, to] = [sql.id(config.from), sql.id(config.to)]
    const [nodes, roots] = [tables.of('nodes'), tables.of('roots')]

    // Numbers in the order of the texts: the smallest number of a component is its smallest text.
    const count = await tables.step('number the texts', () =>
      tables.create(
        'nodes',
        sql`
          select cast(row_number() over (order by node) - 1 as integer) as id, node
          from (select ${from} as node from ${edges} union select ${to} from ${edges})
          where node is not null
        `,
      ),
    )
    note(`${count} texts`)

    await tables.step('connect them', async () => {
      const parents = Int32Array.from({ length: count }, (_, id) => id)
      const pairs = sql`
        select source.id as source, target.id as target
        from ${edges} edges
        join ${nodes} source on source.node = edges.${from}
        join ${nodes} target on target.node = edges.${to}
      `
      for await (const batch of tables.batches(pairs))
        connect(parents, batch.getChild('source')!.data[0]!.values, batch.getChild('target')!.data[0]!.values)
      for (let id = 0; id < count; id += 1) parents[id] = rootOf(parents, id)
      await tables.create('roots', [{ name: 'root', type: 'INTEGER' }])
      await tables.append('roots', { root: parents })
    })

    return {
      select: sql`
        select nodes.node, smallest.node as component
        from (select * from ${nodes} positional join ${roots}) nodes
        join ${nodes} smallest on smallest.id = nodes.root
      `,
      outputs: {
        sizes: sql`
          select smallest.node as component, roots.nodes
          from (select root, count(*) as nodes from ${roots} group by root) roots
          join ${nodes} smallest on smallest.id = roots.root
        `,
      },
    }
  },
})

/** Connects the ends of edges: the smaller of two roots becomes the root of the other. */
function connect(parents: Int32Array, sources: Int32Array, targets: Int32Array): void {
  for (let edge = 0; edge < sources.length; edge += 1) {
    const source = rootOf(parents, sources[edge]!)
    const target = rootOf(parents, targets[edge]!)
    if (source < target) parents[target] = source
    else parents[source] = target
  }
}

/** Halves the way on which it goes (Tarjan and van Leeuwen 1984). */
function rootOf(parents: Int32Array, start: number): number {
  let id = start
  let parent = parents[id]!
  while (parent !== id) {
    const next = parents[parent]!
    parents[id] = next
    id = next
    parent = parents[id]!
  }
  return id
}
