import type { FaultPoint } from '@sillage/base'
import { programSchema, runPaths } from '@sillage/ledger'
import type { JsonRow } from '@sillage/sql'
import type { Engine } from '@sillage/steps'
import { describe, expect, it } from 'vitest'
import plugin from '../components.ts'
import { componentsPlugin } from '../components-plugin.ts'
import { itGivesItsExamples } from '../describe-plugins.ts'
import { EngineProject } from './engine-project.ts'
import type { EngineUnderTest } from './engine-under-test.ts'
import { runAndDie } from './kills.ts'

const pipeline = JSON.stringify({
  pipeline: 'graph',
  as_of: '2026-01-01',
  stages: {
    edges: { uses: 'collect/csv', with: { path: 'edges.csv' } },
    found: { uses: 'enrich/components', from: 'edges', with: { from: 'a', to: 'b' } },
    large: {
      uses: 'enrich/derive',
      from: 'found.sizes',
      with: { columns: { chains: 'nodes / 7' }, where: 'nodes > 2' },
    },
  },
  marts: { components: { from: 'found' } },
})

/** Chains of `length` texts. */
function chains(count: number, length: number): string {
  const edges = Array.from({ length: count * (length - 1) }, (_, index) => {
    const [chain, link] = [Math.trunc(index / (length - 1)), index % (length - 1)]
    return `c${chain}n${link + 1},c${chain}n${link}\n`
  })
  return `a,b\n${edges.join('')}`
}

const instants: readonly (FaultPoint | `${FaultPoint}@${number}`)[] = [
  'program.step.before_commit',
  'program.step.after_commit',
  'program.step.after_commit@2',
  'step.before_commit',
  'step.after_commit',
]

/** Code over tables of its own gives the same rows anywhere, and leaves no table behind. */
export function describePrograms(engine: Engine): void {
  const opened = () => graph(engine)
  const tablesLeft = (project: EngineProject) => schemasLeft(engine, project)
  describe('programs', () => {
    itGivesItsExamples(componentsPlugin, plugin, { engine, types: new Map() })

    it('give rows and further outputs, and are reused', async () => {
      using project = opened()
      expect((await project.run()).error).toBeUndefined()
      const { rows, counts } = await project.left()
      expect(rows.found).toHaveLength(35)
      expect(rows.large).toEqual(
        [0, 1, 2, 3, 4].map((chain) => ({ component: `c${chain}n0`, nodes: 7, chains: 1 })),
      )
      expect(counts.found).toMatchObject({ rows_in: 30, rows_out: 35 })
      expect(await tablesLeft(project)).toEqual([])
      const { steps } = await project.run()
      expect(steps.find(({ stage }) => stage === 'found')?.action).toBe('reuse')
    })

    it('begin anew where what they read changed', async () => {
      using project = opened()
      await project.run()
      project.append('edges.csv', 'c1n0,c0n0\n')
      expect((await project.run()).error).toBeUndefined()
      const { rows } = await project.left()
      expect(rows.large).toContainEqual({ component: 'c0n0', nodes: 14, chains: 2 })
      expect(await tablesLeft(project)).toEqual([])
    })
  })
}

/** It goes on where it was killed. */
export function describeKilledPrograms(engine: Engine, place: EngineUnderTest): void {
  describe('programs', () => {
    it.each(instants)('go on after a kill at %s', async (instant) => {
      using whole = graph(engine)
      await whole.run()
      using project = graph(engine)
      expect(await runAndDie(place, project.folder, instant)).toBe('SIGKILL')
      expect((await project.run()).error).toBeUndefined()
      expect(await project.left()).toEqual(await whole.left())
      expect(await schemasLeft(engine, project)).toEqual([])
    })
  })
}

function graph(engine: Engine): EngineProject {
  return new EngineProject(engine, { 'pipeline.yaml': pipeline, 'edges.csv': chains(5, 7) })
}

/** The schemas that programs left. */
async function schemasLeft(engine: Engine, project: EngineProject): Promise<readonly JsonRow[]> {
  await using kept = (await engine.openKept({ paths: runPaths(await project.plan()), readOnly: true }))!
  return await kept.session.rows(
    `select schema_name from duckdb_schemas() where starts_with(schema_name, '${programSchema('')}')`,
  )
}
