import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { duckdbEngine } from '@sillage/duckdb/engine'
import { placesOf } from '@sillage/pipeline'
import { deliveryFailed } from '@sillage/sdk'
import { afterEach, describe, expect, it } from 'vitest'
import { planDeliveries } from './plan-deliveries.ts'
import { stepActions } from './step-actions.ts'
import { listSink, peoplePlugin, SmallReceiver } from './testing/people-plugins.ts'
import { SmallProject } from './testing/small-project.ts'

const pipeline = (mode = 'mirror', more = '') => `pipeline: small
description: People.
stages:
  raw: { uses: collect/people, with: { path: "in/*.csv" } }
  list: { uses: activate/list, from: raw, with: { path: out/list.csv } }
  crm: { uses: activate/tell, from: raw, with: { url: "https://crm.example/in", mode: ${mode}, key: [id] } }
marts: { people: { from: raw, key: [id] } }
${more}`
const open: SmallProject[] = []
afterEach(() => {
  for (const one of open.splice(0)) one[Symbol.dispose]()
})
function project(text = pipeline()): { readonly one: SmallProject; readonly receiver: SmallReceiver } {
  const receiver = new SmallReceiver()
  const one = new SmallProject([peoplePlugin, listSink, receiver.sink], {
    'pipeline.yaml': text,
    'in/a.csv': 'id,n\na,1\nb,2\n',
  })
  open.push(one)
  return { one, receiver }
}
const counts = ({ run }: Awaited<ReturnType<SmallProject['run']>>) =>
  run.steps.map(({ stage, action, rows_in, rows_out, rejected, delivery }) => [
    stage,
    action,
    rows_in,
    rows_out,
    rejected,
    delivery?.sent ?? null,
  ])
const journal = (one: SmallProject) => {
  const folder = join(one.folder, '.sillage/small/runs')
  return readFileSync(join(folder, readdirSync(folder).sort().at(-1)!), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
}

describe('deliveries of a run', () => {
  it('come after publishing, are told, and are not made twice', async () => {
    const { one, receiver } = project()
    const first = await one.run()
    expect(counts(first)).toEqual([
      ['raw', 'run', null, 2, 0, null],
      ['list', 'run', 2, 2, 0, 2],
      ['crm', 'run', 2, 2, 0, 2],
    ])
    const events = journal(one)
    const at = (event: string) => events.findIndex((line) => line.event === event)
    expect([at('published') < at('delivered'), at('published') > 0]).toEqual([true, true])
    expect(events.filter(({ event }) => event === 'delivered')).toMatchObject([
      { stage: 'list', destination: 'out/list.csv', rows: 2 },
      { stage: 'crm', rows: 2, known: 0, refused: 0, held: 0, removed: 0 },
    ])
    expect(one.events.filter(({ kind }) => kind === 'delivered')).toHaveLength(2)
    const second = await one.run()
    expect([
      counts(second)
        .slice(1)
        .map(([, action]) => action),
      receiver.told.length,
    ]).toEqual([['reuse', 'reuse'], 1])
    expect(journal(one).some(({ event }) => event === 'delivered')).toBe(false)
    one.write('in/a.csv', 'id,n\na,1\n')
    await one.run()
    expect(receiver.told.at(-1)).toMatchObject({ rows: [], removed: [{ id: 'b' }] })
    expect(journal(one).find(({ event, stage }) => event === 'delivered' && stage === 'crm')).toMatchObject({
      rows: 0,
      removed: 1,
    })
  })

  it('that fail are told with what stays here; the others, and the marts, go on', async () => {
    const { one, receiver } = project()
    receiver.answer = () => {
      throw deliveryFailed({ message: 'it is down', hint: 'wait', retryable: true })
    }
    writeFileSync(join(one.folder, 'mine.csv'), '')
    one.write('out/list.csv', 'mine')
    const { run, exit } = await one.run()
    expect(exit).not.toBe(0)
    expect(run.error).toMatchObject({
      code: 'destination_not_ours',
      stage: 'list',
      message: expect.stringContaining('(and 1 more); the marts are published'),
    })
    expect(run.deliveries).toMatchObject([
      {
        stage: 'list',
        status: 'failed',
        rows: 2,
        due: 2,
        held: 2,
        sent: 0,
        error: { code: 'destination_not_ours' },
      },
      { stage: 'crm', status: 'failed', held: 2, error: { code: 'delivery_failed' } },
    ])
    expect(
      counts({ run, exit } as never)
        .slice(1)
        .map((one_) => one_.slice(2, 5)),
    ).toEqual([
      [2, 0, 0],
      [2, 0, 0],
    ])
    expect(journal(one).filter(({ event }) => event === 'delivery_failed')).toMatchObject([
      { stage: 'list', rows: 2, code: 'destination_not_ours' },
      { stage: 'crm', rows: 2, code: 'delivery_failed' },
    ])
    expect(existsSync(join(one.folder, 'marts/small.duckdb'))).toBe(true)
  })

  it('of which the receiver refuses rows count them as rejected', async () => {
    const { one, receiver } = project()
    receiver.answer = () => ({ refused: [{ row: 0, code: 'bad', message: 'no' }] })
    const told = await one.run()
    expect(counts(told)[2]).toEqual(['crm', 'run', 2, 1, 1, 1])
    expect(await one.rows('select stage, code, rows from sillage.rejects')).toEqual([
      { stage: 'crm', code: 'bad', rows: 1 },
    ])
  })

  it('stay here where an environment does not send; files are written all the same', async () => {
    const { one, receiver } = project()
    const told = await one.run({ notSent: 'environment dev does not send' })
    expect([told.exit, counts(told).slice(1)]).toEqual([
      0,
      [
        ['list', 'run', 2, 2, 0, 2],
        ['crm', 'skip', 2, 0, 0, 0],
      ],
    ])
    expect(receiver.told).toEqual([])
    expect(journal(one).find(({ event }) => event === 'not_sent')).toMatchObject({
      stage: 'crm',
      rows: 2,
      reason: 'environment dev does not send',
    })
  })

  it('are previewed by a dry run, which sends nothing', async () => {
    const { one, receiver } = project()
    const { run } = await one.run({ dryRun: true, notSent: 'no' })
    expect(run.preview!.deliveries).toMatchObject([
      { stage: 'list', rows: 2, sent: 2, destinations: [join(one.folder, 'out/list.csv')] },
      { stage: 'crm', rows: 2, sent: 0, held: 2, not_sent: 'no', destinations: [] },
    ])
    expect([receiver.told, existsSync(join(one.folder, 'out'))]).toEqual([[], false])
  })

  it('want their secrets before anything runs', async () => {
    const { one, receiver } = project(
      pipeline().replace('https://crm.example/in', 'https://crm.example/${secret:token}'),
    )
    const { SillageError } = await import('@sillage/base')
    const missing = (name: string) => {
      throw new SillageError({ code: 'secret_missing', message: `no ${name}`, hint: 'give it' })
    }
    const told = await one.run({ secret: missing })
    expect([told.run.error?.code, receiver.told, told.run.steps]).toEqual(['secret_missing', [], []])
    expect((await one.run({ secret: missing, notSent: 'no' })).run.error).toBeUndefined()
    one.use({
      ...receiver.sink,
      check: ({ config }: { readonly config: { readonly url: string } }) =>
        config.url.endsWith('secret')
          ? [{ code: 'url_invalid', message: `no place: ${config.url}`, path: ['url'], hint: `not secret` }]
          : [],
    })
    const unfit = await one.run()
    expect(unfit.run.error).toMatchObject({
      message: expect.stringMatching(/^"crm", url: no place: https:\/\/crm.example\/(?!secret)/),
    })
  })
})

describe('planned deliveries', () => {
  const planned = async (one: SmallProject) => {
    const plan = await one.plan()
    const actions = await stepActions(plan, { engine: duckdbEngine })
    return await planDeliveries(plan, actions, {
      secret: () => '',
      notSent: undefined,
      now: new Date(0),
      stores: duckdbEngine,
    })
  }

  it('are told where nothing before them has to run', async () => {
    const { one } = project()
    expect([...(await planned(one)).values()]).toEqual([{}, {}])
    await one.run()
    const told = await planned(one)
    expect(told.get('crm')).toMatchObject({ foreseen: { counts: { rows: 2, known: 2, sent: 0 } } })
    expect(told.get('crm')).not.toHaveProperty('changed')
    one.write('in/b.csv', 'id,n\nc,3\n')
    expect((await planned(one)).get('crm')).toEqual({})
  })

  it('say what is other than it was', async () => {
    const { one } = project()
    await one.run()
    const changed = async (text: string) => {
      one.write('pipeline.yaml', text)
      return (await planned(one)).get('crm')?.changed
    }
    expect(await changed(pipeline('upsert'))).toBe('its mode was mirror')
    expect(await changed(pipeline().replace('key: [id] } }\nmarts', 'key: [n] } }\nmarts'))).toBe(
      'its key was id: all rows are due',
    )
    expect(await changed(pipeline().replace('example/in', 'example/other'))).toContain(
      'it delivered to activate/tell url="https://crm.example/in": all rows are due here',
    )
    rmSync(join(placesOf(one.folder).state, 'deliveries'), { recursive: true })
    expect(await changed(pipeline('upsert'))).toBeUndefined()
  })
})
