import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { TestProject } from './testing/project.ts'
import { Receiver } from './testing/receiver.ts'

const saved = fileURLToPath(new URL('../../../../datasets/saved/39f8373/project.tar.gz', import.meta.url))
/** Where the project delivered when it was saved: another port would be another place. */
const port = 18_181

/** A project as the version before the house left it: working databases, state, marts, and two messages that failed. */
function project(): TestProject {
  const one = new TestProject()
  execFileSync('tar', ['-xzf', saved, '-C', one.folder])
  return one
}

interface Told {
  readonly run: {
    readonly steps: readonly {
      readonly stage: string
      readonly rows_out: number
      readonly rejected: number
    }[]
    readonly deliveries: readonly { readonly sent: number; readonly known: number }[]
  }
}

async function run(one: TestProject, pipeline: string) {
  const ended = await one.run(['run', pipeline, '--output', 'json'], { CRM_URL: `http://127.0.0.1:${port}` })
  expect(ended.exit, ended.err).toBe(0)
  const { steps, deliveries } = (ended.json() as Told).run
  const [{ sent, known } = { sent: -1, known: -1 }] = deliveries
  return {
    sent,
    known,
    steps: Object.fromEntries(steps.map(({ stage, rows_out, rejected }) => [stage, [rows_out, rejected]])),
  }
}

describe('a project that the version before the house left', () => {
  it('runs, and nothing of what arrived is sent again', async () => {
    using target = await Receiver.open(port)
    using one = project()
    expect(await run(one, 'orders')).toMatchObject({ sent: 0, known: 51 })
    const sums = await run(one, 'sums')
    expect(sums).toMatchObject({ sent: 0, known: 9, steps: { lines: [55, 4], scored: [9, 0] } })
    expect(target.received).toEqual([])
    const file = join(one.folder, 'sums/data/b.csv')
    one.write(
      'sums/data/b.csv',
      `${readFileSync(file, 'utf8')}60,c1,99.00,2025-12-31\n61,new,1.00,2025-12-31\n`,
    )
    const grown = await run(one, 'sums')
    expect(grown.steps).toMatchObject({ lines: [57, 4], scored: [10, 0] })
    expect(grown.sent).toBeGreaterThan(0)
    const sent = target.received.flatMap(({ body }) =>
      (JSON.parse(body).data.rows as readonly { readonly customer: string }[]).map(
        ({ customer }) => customer,
      ),
    )
    expect(sent).toContain('new')
    expect(new Set(sent).size).toBe(sent.length)
  })

  it('sends what waited first, under its old ids', async () => {
    using target = await Receiver.open(port)
    using one = project()
    expect(await run(one, 'people')).toMatchObject({ sent: 20, known: 30 })
    expect(target.ids).toEqual(['5898cf6ad8d47ad14c47ca992da29aaf', 'bbb39b23e3ae0c13cdd1befffc085aca'])
    expect(await run(one, 'people')).toMatchObject({ sent: 0, known: 50 })
    expect(target.received).toHaveLength(2)
  })
})
