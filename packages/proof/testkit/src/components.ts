import { defineProgram, type Sql, t } from '@sillage/sdk'

/** The test kit's own program: what `defineProgram` is proven with. */
export default defineProgram({
  name: 'enrich/components',
  summary: 'Tells which texts are connected by edges, however far apart.',
  description:
    'A component is called by the smallest text in it. An edge with a null connects nothing; its other end is still told.',
  config: t.object({
    from: t.column(),
    to: t.column(),
    bits: t.integer({
      minimum: 1,
      maximum: 63,
      default: 63,
      description: 'Of the hashes by which texts are joined.',
    }),
  }),
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
    const [nodes, roots, named] = ['nodes', 'roots', 'named'].map((name) => tables.of(name))
    const hashOf = (text: Sql): Sql => sql`hash(${text}) & ${2n ** BigInt(config.bits) - 1n}`

    // A text's number is its position in the table.
    const count = await tables.step('number the texts', () =>
      tables.create(
        'nodes',
        sql`
          select ${hashOf(sql`node`)} as hash, node
          from (select ${from} as node from ${edges} union select ${to} from ${edges})
          where node is not null
        `,
      ),
    )
    note(`${count} texts`)

    await tables.step('connect them', async () => {
      const [{ n } = { n: 0 }] = await tables.rows(
        sql`select count(*) as n from ${edges} where ${from} is not null and ${to} is not null`,
      )
      const byHash = (end: Sql, name: Sql) => sql`${name}.hash = ${hashOf(end)}`
      const byText = (end: Sql, name: Sql) => sql`${name}.node = ${end}`
      let parents = new Int32Array()
      // Joined by hash an edge comes once, unless two texts share a hash.
      for (const on of [byHash, byText]) {
        parents = Int32Array.from({ length: count }, (_, id) => id)
        let pairs = 0
        const select = sql`
          select cast(source.rowid as integer) as source, cast(target.rowid as integer) as target
          from (select ${from} as a, ${to} as b from ${edges}) edges
          join ${nodes!} source on ${on(sql`edges.a`, sql`source`)}
          join ${nodes!} target on ${on(sql`edges.b`, sql`target`)}
        `
        for await (const batch of tables.batches(select)) {
          const [source, target] = batch.data.children
          connect(parents, source!.values, target!.values)
          pairs += batch.numRows
        }
        if (pairs === n) break
      }
      for (let id = 0; id < count; id += 1) parents[id] = rootOf(parents, id)
      await tables.create('roots', [{ name: 'root', type: 'INTEGER' }])
      await tables.append('roots', { root: parents })
    })

    await tables.step('name them', () =>
      tables.create(
        'named',
        sql`select root, min(node) as component, count(*) as nodes from ${nodes!} positional join ${roots!} group by root`,
      ),
    )
    return {
      // A positional join runs in one thread: fine for a few names, too slow where every row leaves.
      select: sql`
        select nodes.node, named.component
        from ${nodes!} nodes join ${roots!} roots on nodes.rowid = roots.rowid join ${named!} named using (root)
      `,
      outputs: { sizes: sql`select component, nodes from ${named!}` },
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
