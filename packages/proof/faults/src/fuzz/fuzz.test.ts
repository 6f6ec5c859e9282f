import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Flaw, fuzz, Victim } from './fuzz.ts'
import { flawOf } from './verdict.ts'

const limitMs = 30_000

it('mutated pipelines and inputs never crash, hang or succeed in silence (a share of npm run fuzz)', async () => {
  const flaws: Flaw[] = []
  const { cases } = await fuzz({
    count: 60,
    seed: 1,
    processes: 2,
    limitMs,
    onFlaw: (flaw) => flaws.push(flaw),
    onProgress: () => {},
  })
  expect(flaws.map(({ index, what, outcome }) => ({ index, what, outcome }))).toEqual([])
  expect(cases).toBe(60)
})

describe('what once failed is refused with code and hint:', () => {
  const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url))
  const home = mkdtempSync(join(tmpdir(), 'sillage-fixture-'))
  let victim: Victim
  beforeAll(() => {
    victim = new Victim(join(home, 'case'))
  })
  afterAll(() => {
    victim.end()
    rmSync(home, { recursive: true, force: true })
  })

  it.each(readdirSync(fixtures))('%s', async (name) => {
    const folder = join(fixtures, name)
    const files = Object.fromEntries(
      readdirSync(folder).map((file) => [file, readFileSync(join(folder, file))]),
    )
    const one = { kind: 'yaml', files, rows: undefined } as const
    const outcome = await victim.run(one, limitMs)
    expect(outcome).toMatchObject({ exit: 78 })
    expect(flawOf(outcome as Exclude<typeof outcome, string>, one)).toBeUndefined()
  })
})
