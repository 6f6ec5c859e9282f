import { existsSync } from 'node:fs'
import { runPaths } from '@sillage/ledger'
import type { Engine } from '@sillage/steps'
import { backfill, collectGarbage, explain, forget, refusedRows, rollback } from '@sillage/upkeep'
import { describe, expect, it } from 'vitest'
import { now, runFacts } from '../project.ts'
import { EngineProject } from './engine-project.ts'
import { header, lines, shop } from './shop.ts'

const pipeline = JSON.stringify({
  pipeline: 'shop',
  as_of: '2026-01-01',
  stages: shop,
  marts: { customers: { from: 'customers', key: ['customer'] }, lines: { from: 'kept', key: ['id'] } },
})

const key = [{ column: 'customer', value: 'c3' }]

/** What runs left can be asked and worked on without knowing where it lies. */
export function describeUpkeep(engine: Engine): void {
  const opened = (): EngineProject =>
    new EngineProject(engine, { 'pipeline.yaml': pipeline, 'data/1.csv': header + lines(0, 60, true) })
  const paths = async (project: EngineProject, sample = false) => {
    const { places, pipeline } = await project.plan()
    return runPaths({ places, pipeline, sample })
  }

  describe('upkeep', () => {
    it('finds nothing where nothing ran', async () => {
      using project = opened()
      expect(await engine.openKept({ paths: await paths(project) })).toBeUndefined()
    })

    it("tells a person's rows at each stage, and the refused ones with their reasons", async () => {
      using project = opened()
      await project.run()
      const { rows, refused } = await project.left()
      await using kept = (await engine.openKept({ paths: await paths(project), readOnly: true }))!
      const found = await explain({ kept, pipeline: await project.pipeline(), keys: key, limit: 3 })
      const count = (list: readonly { readonly customer?: unknown }[] = []) =>
        list.filter(({ customer }) => customer === 'c3').length
      expect(found.stages.map(({ stage, rows: n }) => [stage, n])).toEqual(
        ['raw', 'kept', 'some', 'customers'].map((stage) => [stage, count(rows[stage])]),
      )
      const [told] = await refusedRows(kept, { stages: ['kept'], samples: 2 })
      expect(told).toMatchObject({ stage: 'kept', rows_in: 60, rejected: refused.kept!.length })
      expect(told!.reasons[0]!.samples).toHaveLength(2)
    })

    it('shows an older version again, which the next run leaves so', async () => {
      using project = opened()
      const first = await project.run()
      const before = await project.mart('shop')
      project.append('data/1.csv', lines(60, 80, false))
      await project.run()
      expect(await project.mart('shop')).not.toEqual(before)
      const { places } = await project.plan()
      const choose = (versions: readonly { readonly run: string }[]) =>
        versions.find(({ run }) => run === first.id) as never
      const facts = { stores: engine, places, pipeline: 'shop', choose, command: 'test', now }
      expect(await rollback(facts)).toMatchObject({ to: first.id, changed: true, holds: true })
      expect(await project.mart('shop')).toEqual(before)
      await project.run()
      expect(await project.mart('shop')).toEqual(before)
    })

    it('forgets a person to the last byte, and keeps them out', async () => {
      using project = opened()
      await project.run()
      const kept = (await project.left()).rows.kept!
      const others = kept.filter(({ customer }) => customer !== 'c3')
      const receipt = await forget({
        stores: engine,
        pipeline: await project.pipeline(),
        keys: key,
        sources: [],
        blankRecords: async () => [],
        command: 'test',
        now: now(),
      })
      const removed = receipt.removed.map(({ table, rows }) => [table, rows])
      expect(removed).toContainEqual(['main.lines', kept.length - others.length])
      expect(removed).toContainEqual(['step.customers', 1])
      expect(receipt.scan).toMatchObject({ hits: [], unread: [] })
      {
        await using left = (await engine.openKept({ paths: await paths(project), readOnly: true }))!
        expect((await left.ledger.known()).steps.size).toBe(0)
        expect(await left.session.row('select count(*) as n from clean.kept')).toEqual({ n: others.length })
      }
      await project.forget({ column: 'customer', stages: ['raw', 'kept', 'some', 'customers'] }, 'c3')
      await project.run()
      expect((await project.left()).rows.kept).toEqual(others)
    })

    it('removes what samples left', async () => {
      using project = opened()
      await project.run({ sample: 5 })
      await project.run()
      const { store } = engine.filesOf(await paths(project, true))
      expect(store.some((path) => existsSync(path))).toBe(true)
      const { places } = await project.plan()
      const facts = { stores: engine, places, pipeline: 'shop', keep: 1, journals: 1, command: 'test' }
      const garbage = await collectGarbage({ ...facts, dryRun: false })
      expect(garbage.items.map(({ kind }) => kind)).toContain('cache')
      expect(store.filter((path) => existsSync(path))).toEqual([])
      expect((await project.left()).rows.kept).toBeDefined()
    })

    it('keeps scores over time beside the working store', async () => {
      using project = opened()
      await project.run()
      const dates = ['2025-06-01', '2025-12-01']
      const planFor = async (day: string) => await project.plan(day)
      const run = async () =>
        await backfill({ ...runFacts({ engine, folder: project.folder }), dates, planFor, onDate: () => {} })
      expect((await run()).dates.map(({ action }) => action)).toEqual(['run', 'run'])
      expect((await run()).dates.map(({ action }) => action)).toEqual(['reuse', 'reuse'])
      const { customers } = (await project.mart('shop-history'))!
      expect([...new Set(customers!.map(({ as_of }) => as_of))].sort()).toEqual(dates)
    })
  })
}
