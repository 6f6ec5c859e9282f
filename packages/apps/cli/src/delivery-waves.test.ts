import { describe, expect, it } from 'vitest'
import { TestProject } from './testing/project.ts'
import { Receiver } from './testing/receiver.ts'

const rows = 70_000
const batch = 8_000

/** More people than one wave of messages holds: the next wave is committed while one is sent. */
function project(url: string): TestProject {
  return new TestProject({
    'people.csv': `id,tier\n${Array.from({ length: rows }, (_, id) => `${id},gold\n`).join('')}`,
    'pipeline.yaml': `pipeline: p
stages:
  people: { uses: collect/csv, with: { path: people.csv } }
  crm: { uses: activate/webhook, from: people, with: { url: "${url}", key: [id], batch: ${batch}, attempts: 1 } }
`,
  })
}

interface Told {
  readonly run: { readonly deliveries: readonly { readonly due: number; readonly sent: number }[] }
}

async function run(one: TestProject, env: Readonly<Record<string, string>> = {}) {
  const ended = await one.run(['run', '--output', 'json'], env)
  return { exit: ended.exit, crm: () => (ended.json() as Told).run.deliveries[0]! }
}

/** Each id came with the same bytes each time, and each row under one id. */
function expectAllOnce({ received }: Receiver): void {
  const bodies = new Map<string, string>()
  for (const { id, body } of received) {
    expect(bodies.get(id) ?? body).toBe(body)
    bodies.set(id, body)
  }
  const ids = [...bodies.values()].flatMap((body) =>
    (
      JSON.parse(body) as { readonly data: { readonly rows: readonly { readonly id: number }[] } }
    ).data.rows.map(({ id }) => id),
  )
  expect(ids.length).toBe(rows)
  expect(new Set(ids).size).toBe(rows)
}

describe('an audience of several waves', () => {
  it('is told once, and is known afterwards', async () => {
    using target = await Receiver.open()
    using one = project(target.url)
    expect((await run(one)).crm()).toMatchObject({ due: rows, sent: rows })
    expectAllOnce(target)
    expect((await run(one)).crm()).toMatchObject({ due: 0, sent: 0 })
    expect(target.received).toHaveLength(Math.ceil(rows / batch))
  })

  it.each([
    'deliver.before_commit@2',
    'deliver.after_commit@2',
    'deliver.after_commit@3',
    'deliver.after_receipt@2',
    'state.after_rename@5',
  ])('is told once where the run is killed at %s', async (fault) => {
    using target = await Receiver.open()
    using one = project(target.url)
    expect((await run(one, { SILLAGE_FAULT: fault })).exit).toBe(-1)
    expect((await run(one)).exit).toBe(0)
    expectAllOnce(target)
    expect((await run(one)).crm()).toMatchObject({ due: 0, sent: 0 })
  })

  it('is told once where the receiver is down from the second message on', async () => {
    using target = await Receiver.open()
    Object.defineProperty(target, 'status', {
      get: () => (target.received.length > 1 ? 500 : 200),
      configurable: true,
    })
    using one = project(target.url)
    const down = await run(one)
    expect(down.exit).toBe(1)
    expect(down.crm()).toMatchObject({ due: rows, sent: batch, held: rows - batch })
    expect(target.received).toHaveLength(6)
    Object.defineProperty(target, 'status', { value: 200 })
    expect((await run(one)).exit).toBe(0)
    expectAllOnce(target)
  })

  it('is told once where the run is told to stop', async () => {
    using target = await Receiver.open()
    using one = project(target.url)
    const child = one.start(['run', '--output', 'json'])
    const ended = one.ended(child)
    while (target.received.length === 0) await new Promise((next) => setTimeout(next, 5))
    child.kill('SIGINT')
    await ended
    expect((await run(one)).exit).toBe(0)
    expectAllOnce(target)
    expect((await run(one)).crm()).toMatchObject({ due: 0, sent: 0 })
  })
})
