import { join } from 'node:path'
import { Database } from '@sillage/duckdb'
import { sql } from '@sillage/sdk'

/**
 * The same by statements alone: numbers for the texts, then rounds in which each number takes the smallest of its neighbours and of its own parent,
 * until none changes. A recursive query does not end in minutes.
 */
export async function byHand(
  edges: string,
  folder: string,
): Promise<{ readonly seconds: number; readonly rounds: number }> {
  await using database = await Database.open({
    path: join(folder, 'by-hand.duckdb'),
    memoryBytes: 2 ** 30,
    threads: 2,
    tempFolder: join(folder, 'by-hand.tmp'),
  })
  using session = await database.session()
  const began = performance.now()
  const statements = [
    `create table edges as select * from read_parquet(${sql.literal(edges).text})`,
    `create table nodes as select (row_number() over (order by node) - 1)::integer as id, node from (select a as node from edges union select b from edges)`,
    `create table pairs as select a.id as a, b.id as b from edges join nodes a on a.node = edges.a join nodes b on b.node = edges.b where a.id <> b.id`,
    `create table labels as select id, id as label from nodes`,
  ]
  for (const statement of statements) await session.run(statement)
  let rounds = 0
  for (let changed = 1; changed > 0; rounds += 1) {
    await session.run(`create table next as
      select id, min(label)::integer as label from (
        select pairs.a as id, labels.label from pairs join labels on labels.id = pairs.b
        union all select pairs.b, labels.label from pairs join labels on labels.id = pairs.a
        union all select labels.id, parents.label from labels join labels parents on parents.id = labels.label
      ) group by id`)
    const row = await session.row<{ changed: number }>(
      'select count(*) as changed from next join labels using (id) where next.label <> labels.label',
    )
    changed = row.changed
    await session.run('drop table labels')
    await session.run('alter table next rename to labels')
  }
  await session.run(
    'create table found as select nodes.node, smallest.node as component from labels join nodes using (id) join nodes smallest on smallest.id = labels.label',
  )
  return { seconds: (performance.now() - began) / 1000, rounds }
}
