import { duckdbEngine } from '@sillage/duckdb/engine'
import { relationOf, relationSql } from '@sillage/plan'
import type { Engine } from '@sillage/steps'
import { describe, expect, it } from 'vitest'
import { byText } from '../run-example.ts'
import { EngineProject, type Left } from './engine-project.ts'
import type { EngineUnderTest } from './engine-under-test.ts'
import { runAndDie } from './kills.ts'

const form = 'newsletter'

const pipeline = JSON.stringify({
  pipeline: 'letters',
  as_of: '2026-01-01',
  stages: {
    raw: {
      uses: 'collect/inbox',
      with: { form, columns: { email: 'email', city: 'city' }, record: { entry: 'id' } },
    },
    kept: {
      uses: 'clean/contract',
      from: 'raw',
      with: {
        columns: {
          entry: { type: 'text', required: true },
          email: { type: 'text' },
          city: { type: 'text', required: true },
        },
      },
    },
    people: {
      uses: 'collect/csv',
      with: { path: 'people.csv', all_text: true },
      expect: [{ row_count: { min: 1 } }],
    },
    both: {
      uses: 'enrich/join',
      from: { left: 'kept', right: 'people' },
      with: { on: { email: 'email' }, columns: ['name'] },
    },
  },
})

const people = 'email,name\np1@example.org,Ann\np2@example.org,Zoe\np3@example.org,Max\n'

/** Sign-ups, of which each fifth lacks what is required. */
function received(count: number): string {
  return Array.from({ length: count }, (_, index) => {
    const body = { email: `p${index % 9}@example.org`, ...(index % 5 === 4 ? {} : { city: `c${index % 3}` }) }
    const id = String(index).padStart(6, '0')
    return `${JSON.stringify({ id, at: '2026-01-05T10:00:00.000Z', form, body })}\n`
  }).join('')
}

function project(engine: Engine, count: number): EngineProject {
  const made = new EngineProject(engine, { 'pipeline.yaml': pipeline, 'people.csv': people })
  made.receive(form, received(count))
  return made
}

async function afresh(count: number, forgotten: readonly string[] = []): Promise<Left> {
  using fresh = project(duckdbEngine, count)
  for (const email of forgotten) await fresh.forget({ stages: ['raw', 'people'], column: 'email' }, email)
  expect((await fresh.run()).error).toBeUndefined()
  return await fresh.left()
}

/** Sources that are read batch by batch, and what stands between what they gave and who may see it. */
export function describeSources(engine: Engine, place: EngineUnderTest): void {
  describe('sources', () => {
    it('go on behind the last batch, and are there again where nothing came', async () => {
      using letters = project(engine, 12)
      expect((await letters.run()).error).toBeUndefined()
      letters.receive(form, received(31))
      expect((await letters.run()).error).toBeUndefined()
      expect(await letters.left()).toEqual(await afresh(31))
      expect((await letters.run()).steps.every(({ action }) => action === 'reuse')).toBe(true)
    })

    it.each(['step.before_commit', 'step.after_commit'])(
      'lose nothing and take nothing twice at %s',
      async (instant) => {
        using letters = project(engine, 12)
        expect((await letters.run()).error).toBeUndefined()
        letters.receive(form, received(31))
        expect(await runAndDie(place, letters.folder, instant)).toBe('SIGKILL')
        expect((await letters.run()).error).toBeUndefined()
        expect(await letters.left()).toEqual(await afresh(31))
      },
    )

    it('keep out who asked to be forgotten, of what was read as of what is', async () => {
      using letters = project(engine, 12)
      expect((await letters.run()).error).toBeUndefined()
      await letters.forget({ stages: ['raw', 'people'], column: 'email' }, 'p2@example.org')
      letters.receive(form, received(31))
      expect((await letters.run()).error).toBeUndefined()
      const left = await letters.left()
      expect(JSON.stringify(left.rows)).not.toContain('p2@example.org')
      expect(left.counts.raw?.filtered).toBe(4)
      expect(left).toEqual(await afresh(31, ['p2@example.org']))
    })

    it('are copied for a backfill, and read in part for a sample, in stores of their own', async () => {
      using letters = project(engine, 12)
      expect((await letters.run()).error).toBeUndefined()
      const left = await letters.left()
      const found: unknown[] = []
      const backfill = await letters.backfill(async ({ working, steps }) => {
        const { kind, stage } = steps.get('both')!
        const rows = await working.session.rows(`from ${relationSql(relationOf(kind, stage)).text}`)
        found.push(...byText(rows))
      })
      expect(backfill.error).toBeUndefined()
      expect(found).toEqual(left.rows.both)
      const sample = await letters.run({ sample: 3 })
      expect(sample.error).toBeUndefined()
      expect(sample.steps.find(({ stage }) => stage === 'raw')?.rows_out).toBe(3)
      expect(await letters.left()).toEqual(left)
    })
  })
}
