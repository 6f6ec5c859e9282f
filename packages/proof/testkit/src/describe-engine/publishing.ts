import { join } from 'node:path'
import { Database } from '@sillage/duckdb'
import { currentVersion, listVersions, martPath, pointLink } from '@sillage/ledger'
import { relationOf, relationSql } from '@sillage/plan'
import type { Engine } from '@sillage/steps'
import { describe, expect, it } from 'vitest'
import { lookInto } from '../project.ts'
import { EngineProject, knownPlugins } from './engine-project.ts'
import { header, lines } from './shop.ts'

const pipeline = JSON.stringify({
  pipeline: 'shop',
  as_of: '2026-01-01',
  stages: {
    raw: { uses: 'collect/csv', with: { path: 'lines.csv', all_text: true } },
    kept: {
      uses: 'clean/contract',
      from: 'raw',
      with: { columns: { id: { type: 'integer' }, amount: { type: 'decimal(12,2)' } } },
    },
    twice: { uses: 'enrich/derive', from: 'kept', with: { columns: { twice: 'amount * 2' } } },
  },
  marts: { lines: { from: 'twice', key: ['id'] } },
})

/** A mart is one file a version, behind a link; what was published already is not published again. */
export function describePublishing(engine: Engine): void {
  describe('publishing', () => {
    it('shows the rows of a stage in a version of its own, which tells what it comes from', async () => {
      using project = new EngineProject(engine, {
        'pipeline.yaml': pipeline,
        'lines.csv': header + lines(0, 30, true),
      })
      const marts = join(project.folder, 'marts')
      const first = await project.run()
      const { rows, refused } = await project.left()
      expect(await project.mart('shop')).toEqual({ lines: rows.twice })
      const file = currentVersion(marts, 'shop')!
      expect(listVersions(marts, 'shop').map(({ run }) => run)).toEqual([first.id])
      await using database = await Database.open({ path: file, readOnly: true, threads: 1 })
      using session = await database.session()
      expect(await session.rows('select run from sillage.runs')).toEqual([{ run: first.id }])
      expect(await session.rows(`select rows_out as n from sillage.steps where stage = 'kept'`)).toEqual([
        { n: rows.kept!.length },
      ])
      expect(
        await session.row(`select sum(rows)::integer as n from sillage.rejects where stage = 'kept'`),
      ).toEqual({ n: refused.kept!.length })
    })

    it('publishes a version where rows came, and none where nothing did', async () => {
      using project = new EngineProject(engine, {
        'pipeline.yaml': pipeline,
        'lines.csv': header + lines(0, 30, false),
      })
      const marts = join(project.folder, 'marts')
      const first = await project.run()
      await project.run()
      expect(listVersions(marts, 'shop').map(({ run }) => run)).toEqual([first.id])
      project.append('lines.csv', lines(30, 40, false))
      const third = await project.run()
      expect(listVersions(marts, 'shop').map(({ run, current }) => [run, current])).toEqual([
        [first.id, false],
        [third.id, true],
      ])
      expect((await project.mart('shop'))!.lines).toHaveLength(40)
    })

    it('leaves readers the older version that they were rolled back to, until something changes', async () => {
      using project = new EngineProject(engine, {
        'pipeline.yaml': pipeline,
        'lines.csv': header + lines(0, 30, false),
      })
      const marts = join(project.folder, 'marts')
      const first = await project.run()
      project.append('lines.csv', lines(30, 40, false))
      await project.run()
      const plan = await project.plan()
      const [older] = listVersions(marts, 'shop')
      await lookInto(
        { folder: project.folder, registry: knownPlugins(), engine },
        plan,
        async ({ ledger }) => {
          const [last] = await ledger.publications()
          const { fingerprint } = last!
          await ledger.recordPublication(
            { run: 'back', fingerprint, path: older!.file, action: 'rollback' },
            new Date(),
          )
        },
      )
      pointLink({ link: martPath(marts, 'shop'), target: older!.file })
      expect((await project.run()).rolled_back_to).toBe(first.id)
      expect((await project.mart('shop'))!.lines).toHaveLength(30)
      project.append('lines.csv', lines(40, 45, false))
      expect((await project.run()).rolled_back_to).toBeUndefined()
      expect((await project.mart('shop'))!.lines).toHaveLength(45)
    })

    it('compares its relations with a version, by key and by all rows', async () => {
      using project = new EngineProject(engine, {
        'pipeline.yaml': pipeline,
        'lines.csv': header + lines(0, 30, false),
      })
      await project.run()
      const plan = await project.plan()
      const step = plan.steps.find(({ stage }) => stage === 'twice')!
      const version = currentVersion(join(project.folder, 'marts'), 'shop')!
      await lookInto(
        { folder: project.folder, registry: knownPlugins(), engine },
        plan,
        async ({ marts }) => {
          const relation = relationSql(relationOf(step.kind, step.stage))
          const table = { name: 'lines', relation, columns: step.columns, comment: undefined, key: ['id'] }
          expect(await marts.areSame([table], version)).toBe(true)
          const same = { table: 'lines', rows: 30, published: 30, enter: 0, leave: 0 }
          expect(await marts.compare([table], version)).toEqual([same])
          expect(await marts.isReadable(version)).toBe(true)
        },
      )
    })
  })
}
