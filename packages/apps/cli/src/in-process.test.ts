import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TestProject } from './testing/project.ts'
import { shopOrders, shopPipeline } from './testing/shop.ts'

describe('a command within the process of a test', () => {
  const shop = new TestProject({
    'orders.csv': shopOrders,
    'pipeline.yaml': shopPipeline(),
    'broken.yaml': 'pipeline: broken\nstages:\n  raw: { uses: collect/cvs }\n',
  })
  const env = { SILLAGE_NOW: '2026-11-29T07:00:00Z' }
  beforeAll(async () => {
    const { exit, err } = await shop.run(['run', 'shop'], env)
    expect(exit, err).toBe(0)
  })
  afterAll(() => shop[Symbol.dispose]())

  it.each([
    [['--version']],
    [['run', '--help']],
    [['frobnicate']],
    [['validate', 'pipeline.yaml']],
    [['validate', 'broken.yaml']],
    [['validate', 'broken.yaml', '--output', 'json']],
    [['plan', 'shop']],
    [['plan', 'nope', '--output', 'json']],
    [['query', 'shop', 'from customers order by all']],
    [['query', 'shop', 'selec 1']],
    [['show', 'reject.lines', '--env', 'nope']],
    [['status', '--output', 'json']],
  ])('says of %j what a process of its own says, to the letter, and ends alike', async (args) => {
    const [within, alone] = [await shop.run(args, env), await shop.spawn(args, env)]
    expect([within.exit, within.out, within.err]).toEqual([alone.exit, alone.out, alone.err])
    expect(alone.out + alone.err).not.toBe('')
  })

  it('leaves no trace: not the folder, not a variable, not the exit code, no listener', async () => {
    const world = () => [
      process.cwd(),
      { ...process.env },
      process.argv,
      process.exitCode,
      process.stdout.write,
      process.listenerCount('beforeExit'),
      process.listenerCount('SIGINT'),
      process.stderr.listenerCount('error'),
    ]
    const before = world()
    expect((await shop.run(['validate', 'broken.yaml', '--env', 'nope'], { OF_A_TEST: '1' })).exit).toBe(2)
    expect(world()).toEqual(before)
  })
})
