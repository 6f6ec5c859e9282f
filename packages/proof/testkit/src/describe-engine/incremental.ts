import { duckdbEngine } from '@sillage/duckdb/engine'
import type { Engine } from '@sillage/steps'
import { describe, expect, it } from 'vitest'
import { EngineProject, type Left } from './engine-project.ts'
import { header, lines, shop } from './shop.ts'

const { raw, kept, some, customers } = shop

/** Chains of steps that look at a row each, and of such that look at the rows of a key. */
const chains: Readonly<Record<string, object>> = {
  by_row: {
    raw,
    kept,
    some,
    size: {
      uses: 'segment/rules',
      from: 'some',
      with: { into: 'size', rules: [{ name: 'big', when: 'half > 20' }], otherwise: 'small' },
    },
  },
  by_key: {
    raw,
    kept,
    customers,
    days: {
      uses: 'enrich/statement',
      from: 'kept',
      with: {
        select: 'select day, sum(amount) as amount, count(*) as _rows from {input} group by day',
        rows: 'group',
        by: 'by_key',
        key: ['day'],
      },
    },
  },
  workers: {
    raw,
    tidy: { uses: 'clean/contacts', from: 'raw', with: { name: { last: 'customer' }, require: ['name'] } },
  },
}

async function afresh(pipeline: string, files: Readonly<Record<string, string>>): Promise<Left> {
  using project = new EngineProject(duckdbEngine, { 'pipeline.yaml': pipeline, ...files })
  expect((await project.run()).error).toBeUndefined()
  return await project.left()
}

/** What is made of what came since is what one run makes of all, to the row and to the count; by the first engine, whatever this one is. */
export function describeIncremental(engine: Engine): void {
  describe('incremental is whole', () => {
    it.each([
      { name: 'by_row', broken: false },
      { name: 'by_row', broken: true },
      { name: 'by_key', broken: false },
      { name: 'by_key', broken: true },
      { name: 'workers', broken: true },
    ])('$name, with rows that are refused: $broken', async ({ name, broken }) => {
      const pipeline = JSON.stringify({ pipeline: 'shop', as_of: '2026-01-01', stages: chains[name] })
      const a = header + lines(0, 120, broken)
      const b = header + lines(120, 150, broken)
      using project = new EngineProject(engine, {
        'pipeline.yaml': pipeline,
        'data/a.csv': a,
        'data/b.csv': b,
      })
      expect((await project.run()).error).toBeUndefined()
      const more = lines(150, 170, broken)
      const c = header + lines(170, 200, broken)
      project.append('data/b.csv', more)
      expect((await project.run()).error).toBeUndefined()
      project.write('data/c.csv', c)
      expect((await project.run()).error).toBeUndefined()
      expect(await project.left()).toEqual(
        await afresh(pipeline, { 'data/a.csv': a, 'data/b.csv': b + more, 'data/c.csv': c }),
      )
      expect((await project.run()).steps.every(({ action }) => action === 'reuse')).toBe(true)
    })
  })
}
