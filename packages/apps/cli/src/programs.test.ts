import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { failure, until } from './testing/outcome.ts'
import { TestProject } from './testing/project.ts'

const guide = readFileSync(new URL('../../../../docs/guide/own-plugin.md', import.meta.url), 'utf8')
const ofGuide = /```ts\n(\/\/ plugins\/origin\.ts[\s\S]*?)```/.exec(guide)![1]!

const customers = 'id,by\na,\nb,a\nc,b\nd,c\ne,d\nx,\ny,x\n'

interface Facts {
  readonly rows?: string
  readonly columns?: string
  readonly more?: string
  /** The body of `run`. */
  readonly body: string
}

function program({ rows = 'same', columns = '({ columns }) => columns', more = '', body }: Facts): string {
  return `import { existsSync, writeFileSync } from 'node:fs'
import { defineProgram, t } from '@sillage/sdk'
export default defineProgram({
  name: 'enrich/origin',
  summary: 'Does what a test wants.',
  config: t.object({ id: t.column(), by: t.column() }),
  rows: '${rows}',
  examples: [],
  columns: ${columns},
  ${more}
  run: async (facts) => { const { inputs: { input }, tables, sql, note, make } = facts; ${body} },
})
`
}

function projectWith(plugin: string, { id = 'id', limits = '' } = {}): TestProject {
  return new TestProject({
    'sillage.yaml': `plugins: ["./plugins/*.ts"]\n${limits}`,
    'plugins/origin.ts': plugin,
    'customers.csv': customers,
    'pipeline.yaml': pipelineOf(id),
  })
}

function pipelineOf(id: string): string {
  return `pipeline: p
as_of: 2026-01-01
stages:
  raw: { uses: collect/csv, with: { path: customers.csv } }
  found: { uses: enrich/origin, from: raw, with: { id: ${id}, by: by } }
marts: { found: { from: found } }
`
}

async function rowsOf(project: TestProject): Promise<unknown> {
  const ended = await project.run(['query', 'p', 'from found order by all', '--output', 'json'])
  return (ended.json() as { readonly rows: unknown }).rows
}

/** Notes where it is; each step leaves a table. */
const twoSteps = program({
  body: `
  await tables.step('one', async () => { note('in one'); await tables.create('first', sql\`select * from \${input}\`) })
  await tables.step('two', async () => { note('in two'); await tables.create('second', sql\`from \${tables.of('first')}\`) })
  return sql\`from \${tables.of('second')}\``,
})

describe('a program', () => {
  it('of the guide gives what it says, is planned as a table, and is reused', async () => {
    using project = projectWith(ofGuide)
    const planned = await project.run(['plan'])
    expect(planned.out).toContain('it is a program')
    expect((await project.run(['run'])).err).not.toContain('error')
    expect(await rowsOf(project)).toEqual([
      { id: 'a', by: null, origin: 'a' },
      { id: 'b', by: 'a', origin: 'a' },
      { id: 'c', by: 'b', origin: 'a' },
      { id: 'd', by: 'c', origin: 'a' },
      { id: 'e', by: 'd', origin: 'a' },
      { id: 'x', by: null, origin: 'x' },
      { id: 'y', by: 'x', origin: 'x' },
    ])
    const again = await project.run(['run', '--output', 'json'])
    expect(again.json()).toMatchObject({ run: { steps: [{ action: 'reuse' }, { action: 'reuse' }] } })
    const left = await project.run(['show', 'found', '--output', 'json'])
    expect(left.exit).toBe(0)
  })

  it('that is killed goes on behind the last step that was committed', async () => {
    using project = projectWith(twoSteps)
    expect((await project.run(['run'], { SILLAGE_FAULT: 'program.step.before_commit@2' })).exit).toBe(-1)
    const second = await project.run(['run'])
    expect(second.err).not.toContain('in one')
    expect(second.err).toContain('in two')
    expect(await rowsOf(project)).toHaveLength(7)
  })

  it.each([
    ['another configuration', ['run'], 'by'],
    ['a full refresh', ['run', '--full-refresh'], 'id'],
  ])('that is killed begins anew with %s', async (_, command, id) => {
    using project = projectWith(twoSteps)
    expect((await project.run(['run'], { SILLAGE_FAULT: 'program.step.after_commit' })).exit).toBe(-1)
    project.write('pipeline.yaml', pipelineOf(id))
    const second = await project.run(command)
    expect([second.exit, second.err]).toEqual([0, expect.stringContaining('in one')])
  })

  it.each([
    [
      'loses rows',
      { body: 'return sql`select * from ${input} limit 3`' },
      'rows_lost',
      '7 rows came in, 3 went out',
    ],
    [
      'counts its groups wrong',
      {
        rows: 'group',
        columns: `() => [{ name: 'n', type: 'INTEGER' }]`,
        body: 'return sql`select 1 as n, 6 as _rows`',
      },
      'rows_lost',
      'the groups hold 6 rows of 7',
    ],
    [
      'groups without sizes',
      { rows: 'group', body: 'return sql`select * from ${input}`' },
      'plugin_output',
      '_rows',
    ],
    [
      'gives other columns',
      { body: 'return sql`select 1 as id, "by" from ${input}`' },
      'plugin_output',
      '"id" as INTEGER',
    ],
    ['gives no statement', { body: '' }, 'plugin_output', 'no select'],
    [
      'writes a table of another step',
      {
        body: `await tables.step('one', () => tables.create('t', [{ name: 'n', type: 'INTEGER' }]))
      await tables.step('two', () => tables.append('t', { n: Int32Array.of(1) })); return sql\`select * from \${input}\``,
      },
      'program_tables',
      'outside of the step that made it',
    ],
    [
      'reads a date that it does not declare',
      { body: 'return sql`select * from ${input} where ${facts.asOf} = 1`' },
      'plugin_failed',
      'readsAsOf',
    ],
    [
      'says what is no SQL',
      { body: 'await tables.rows(sql`select nothing`); return sql`from ${input}`' },
      'statement_failed',
      'nothing',
    ],
  ] as const)('that %s makes nothing visible', async (_, facts, code, text) => {
    using project = projectWith(program(facts as Facts))
    const ended = await project.run(['run', '--output', 'json'])
    const error = failure(ended)
    expect(error).toMatchObject({ code, message: expect.stringContaining(text), stage: 'found' })
    expect(existsSync(join(project.folder, 'marts', 'p.duckdb'))).toBe(false)
    expect((await project.run(['show', 'found'])).exit).not.toBe(0)
  })

  it('appends columns, keeps what steps gave, leaves streams early, and undoes a step that threw', async () => {
    using project = projectWith(
      program({
        rows: 'expand',
        columns: `() => [{ name: 'n', type: 'INTEGER' }, { name: 'text', type: 'VARCHAR' }]`,
        more: `outputs: { odd: 'those' }, outputColumns: () => ({ odd: [{ name: 'n', type: 'INTEGER' }] }),`,
        body: `
        const kept = await tables.step('one', async () => {
          await tables.create('numbers', sql\`select range::integer as n from range(100000)\`)
          for await (const batch of tables.batches(sql\`select n from \${tables.of('numbers')}\`, { batchRows: 1000 })) {
            await tables.create('made', [{ name: 'n', type: 'INTEGER' }, { name: 'text', type: 'VARCHAR' }])
            await tables.append('made', { n: batch.getChild('n').data[0].values, text: make.text(Array(1000).fill('é')) })
            return { rows: batch.numRows }
          }
        })
        const failed = await tables.step('two', async () => { await tables.create('gone', sql\`from \${input}\`); throw new Error('no') }).catch((error) => error.message)
        const again = await tables.create('gone', sql\`from \${input}\`)
        note(JSON.stringify({ kept, failed, again }))
        return { select: sql\`from \${tables.of('made')}\`, outputs: { odd: sql\`select n from \${tables.of('made')} where n % 2 = 1\` } }`,
      }),
    )
    const ended = await project.run(['run'])
    expect([ended.exit, ended.err]).toEqual([
      0,
      expect.stringContaining('{"kept":{"rows":1000},"failed":"no","again":7}'),
    ])
    const odd = await project.run(['show', 'found.odd', '--limit', '1000', '--output', 'json'])
    expect((odd.json() as { readonly rows: readonly unknown[] }).rows).toHaveLength(500)
  })

  it('that loops is ended by a signal, and by its limit', { timeout: 60_000 }, async () => {
    const loop = program({ body: `writeFileSync('looping', ''); while (true) {}` })
    using project = projectWith(loop)
    const child = project.start(['run', '--output', 'json'])
    const ended = project.ended(child)
    await until(() => existsSync(join(project.folder, 'looping')))
    child.kill('SIGINT')
    expect((await ended).exit).toBe(130)
    project.write('sillage.yaml', 'plugins: ["./plugins/*.ts"]\nlimits: { fit: 2s }\n')
    expect(failure(await project.run(['run', '--output', 'json']))).toMatchObject({ code: 'plugin_timeout' })
  })
})
