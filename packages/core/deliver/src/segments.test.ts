import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Database } from '@sillage/duckdb'
import { sql } from '@sillage/sdk'
import type { Session } from '@sillage/sql'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { compactSegments, lastWords, nextName, segmentNames, segmentTable, writeRows } from './segments.ts'

/** Keys of a segment with what became of each. */
type Segment = ReadonlyMap<number, string>

async function writeSegment(session: Session, folder: string, segment: Segment): Promise<void> {
  const name = nextName('20260101T000000-0000', [folder])
  await session.run(`create or replace table rows (${segmentTable.text})`)
  for (const [key, state] of segment)
    await session.run(
      sql`insert into rows values (${`k${key}`}, ${name}::blob, ${state}, true, null, null, ${name}, ${name}, 'here', timestamp '2026-01-01')`
        .text,
    )
  await writeRows({ session, folder, name, select: sql`select * from rows` })
}

async function known(session: Session, folder: string): Promise<readonly unknown[]> {
  const names = segmentNames(folder)
  const rows = await session.rows(
    sql`select key, state, id from (${lastWords(folder, names)}) order by key`.text,
  )
  return rows.map(({ key, state, id }) => [key, state, id])
}

const segments = fc.array(
  fc
    .array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.constantFrom('accepted', 'left', 'refused')), {
      maxLength: 5,
    })
    .map((pairs) => new Map(pairs)),
  { minLength: 1, maxLength: 14 },
)

it('the last segment that names a key has the last word on it, compacted or not', async () => {
  await using database = await Database.open({ path: ':memory:', threads: 2 })
  using session = await database.session()
  await fc.assert(
    fc.asyncProperty(segments, fc.nat({ max: 13 }), async (written, compactsAfter) => {
      const folder = mkdtempSync(join(tmpdir(), 'sillage-segments-'))
      try {
        mkdirSync(folder, { recursive: true })
        const last = new Map<string, readonly unknown[]>()
        for (const [index, segment] of written.entries()) {
          await writeSegment(session, folder, segment)
          const name = `20260101T000000-0000-${String(index + 1).padStart(4, '0')}`
          for (const [key, state] of segment) last.set(`k${key}`, [`k${key}`, state, name])
          if (index === compactsAfter) await compactSegments(session, folder)
        }
        const expected = [...last.values()].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))
        expect(await known(session, folder)).toEqual(expected)
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    }),
    { seed: 20261130, numRuns: 15 },
  )
})
