import { join } from 'node:path'
import type { Engine } from '@sillage/steps'
import { describe, expect, it } from 'vitest'
import { EngineProject } from './engine-project.ts'
import type { EngineUnderTest } from './engine-under-test.ts'
import { runAndDie } from './kills.ts'

type Reads = 'files' | 'whole' | 'since'

function pipeline(read: {
  readonly path: string
  readonly reads: Reads
  readonly fails_behind?: number
}): string {
  return JSON.stringify({
    pipeline: 'cards',
    as_of: '2026-01-01',
    stages: {
      cards: { uses: 'collect/cards', with: read },
      kept: {
        uses: 'clean/contract',
        from: 'cards',
        with: { columns: { name: { type: 'text' }, city: { type: 'text', required: true } } },
      },
      people: {
        uses: 'enrich/statement',
        from: 'kept',
        with: {
          select: 'select city, count(*) as people, count(*) as _rows from {input} group by city',
          rows: 'group',
          by: 'by_key',
          key: ['city'],
        },
      },
    },
  })
}

const first = '# cards\nAnn, Lyon\nZoe, Lille\nMax\nPia, Lyon\nTom, Nice\n'

function cities(counts: Readonly<Record<string, number>>): readonly object[] {
  return Object.entries(counts).map(([city, people]) => ({ city, people }))
}

/** Sources of a format of their own: files as streams, and what has no cursor. */
export function describeWholeSources(engine: Engine, place: EngineUnderTest): void {
  describe('sources that are read whole', () => {
    it('read files where they changed, and tell where their rows stand', async () => {
      using project = new EngineProject(engine, {
        'pipeline.yaml': pipeline({ path: 'in/*.txt', reads: 'files' }),
        'in/a.txt': first,
        'in/b.txt': 'Eva, Lille\n',
      })
      expect((await project.run()).error).toBeUndefined()
      const { rows, refused } = await project.left()
      expect(rows.people).toEqual(cities({ Lille: 2, Lyon: 2, Nice: 1 }))
      expect(refused.kept).toEqual([expect.objectContaining({ file: 'in/a.txt', line: 4 })])

      expect((await project.run()).steps.map(({ action }) => action)).toEqual(['reuse', 'reuse', 'reuse'])
      project.write('in/a.txt', 'Ann, Lyon\n')
      expect((await project.run()).error).toBeUndefined()
      expect((await project.left()).rows.people).toEqual(cities({ Lille: 1, Lyon: 1 }))
    })

    it('have no rows where there is nothing to read, also where there was', async () => {
      using project = new EngineProject(engine, { 'pipeline.yaml': '', 'list.txt': first })
      project.write('pipeline.yaml', pipeline({ path: join(project.folder, 'list.txt'), reads: 'whole' }))
      project.write('list.txt', '# none yet\n')
      expect((await project.run()).error).toBeUndefined()
      expect((await project.left()).rows.cards).toEqual([])
      project.write('list.txt', first)
      expect((await project.run()).error).toBeUndefined()
      expect((await project.left()).rows.cards).toHaveLength(5)
      project.write('list.txt', '')
      expect((await project.run()).error).toBeUndefined()
      expect((await project.left()).rows.people).toEqual([])
    })

    it('are asked each time; what is the same makes nothing anew, what is gone is gone', async () => {
      using project = new EngineProject(engine, { 'pipeline.yaml': '', 'list.txt': first })
      project.write('pipeline.yaml', pipeline({ path: join(project.folder, 'list.txt'), reads: 'whole' }))
      expect((await project.run()).error).toBeUndefined()
      expect((await project.run()).steps.map(({ action }) => action)).toEqual(['reuse', 'reuse', 'reuse'])
      project.write('list.txt', first.replace('Tom, Nice\n', 'Tom, Lille\nIda, Nice\n'))
      expect((await project.run()).error).toBeUndefined()
      const changed = await project.left()
      expect(changed.rows.people).toEqual(cities({ Lille: 2, Lyon: 2, Nice: 1 }))
      expect(changed.counts.cards).toMatchObject({ rows_out: 6 })

      await project.forget({ stages: ['cards'], column: 'name' }, 'Ann')
      expect((await project.run()).error).toBeUndefined()
      const without = await project.left()
      expect(without.counts.cards).toMatchObject({ rows_out: 5, filtered: 1 })
      expect(without.rows.people).toEqual(cities({ Lille: 2, Lyon: 1, Nice: 1 }))
    })

    it('leave the rows before where they go away, or are killed, in the middle', async () => {
      using project = new EngineProject(engine, { 'pipeline.yaml': '', 'list.txt': first })
      const path = join(project.folder, 'list.txt')
      project.write('pipeline.yaml', pipeline({ path, reads: 'whole' }))
      expect((await project.run()).error).toBeUndefined()
      const before = await project.left()
      project.write('list.txt', `${first}Ida, Nice\n`)
      project.write('pipeline.yaml', pipeline({ path, reads: 'whole', fails_behind: 2 }))
      expect((await project.run()).error?.code).toBe('plugin_failed')
      project.write('pipeline.yaml', pipeline({ path, reads: 'whole' }))
      expect((await project.left()).rows).toEqual(before.rows)

      expect(await runAndDie(place, project.folder, 'step.before_commit')).toBe('SIGKILL')
      expect((await project.left()).rows).toEqual(before.rows)
      expect((await project.run()).error).toBeUndefined()
      expect((await project.left()).rows.people).toEqual(cities({ Lille: 1, Lyon: 2, Nice: 2 }))
    })
  })
}
