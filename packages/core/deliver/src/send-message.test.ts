import { deliveryFailed, type Receipt, type SinkPlugin } from '@sillage/sdk'
import { describe, expect, it } from 'vitest'
import { type OpenSink, type Sent, sendMessage, sinkContext } from './send-message.ts'

const message = {
  id: 'm1',
  rows: 3,
  removed: 1,
  body: '{"rows":[{"id":1},{"id":2},{"id":3}],"removed":[{"id":4}]}',
}
const stop = new AbortController()

function sink(write: SinkPlugin['write'], more: Partial<SinkPlugin> = {}): OpenSink {
  return {
    plugin: { name: 'activate/tell', write, ...more } as SinkPlugin,
    config: {},
    state: 'opened',
    connection: undefined,
    context: sinkContext({ stage: 'crm' }, {
      plan: { pipeline: 'p', project: '/p', file: '/p/sub/pipeline.yaml', asOf: '2026-01-01', places: {} },
      run: { id: 'r1', signal: stop.signal, command: '', now: () => new Date(0) },
    } as never),
    redact: (text) => text.replaceAll('hush', '…'),
  }
}
const send = (receipt: unknown, more: Partial<SinkPlugin> = {}): Promise<Sent> =>
  sendMessage(
    message,
    sink(async () => receipt as Receipt, more),
    () => new Date(0),
  )

describe('a receipt', () => {
  it('says what became of each row, without secrets', async () => {
    expect(
      await send({
        destination: 'https://hush@crm.example',
        refused: [{ row: 2, code: 'bad', message: 'hush is wrong' }],
        retry: [0],
        facts: { status: 'hush' },
      }),
    ).toEqual({
      kind: 'settled',
      settled: {
        id: 'm1',
        status: 'accepted',
        run: 'r1',
        at: '1970-01-01T00:00:00.000Z',
        destination: 'https://…@crm.example',
        attempts: 1,
        refused: [{ row: 2, code: 'bad', message: '… is wrong' }],
        retry: [0],
        facts: { status: '…' },
      },
    })
  })

  const refused = (...rows: readonly number[]) => rows.map((row) => ({ row, code: 'bad', message: '' }))
  it.each([
    ['all rows', { destination: '' }],
    ['as many as were sent', { destination: '', rows: 3 }],
    ['those that it names', { destination: '', accepted: [0, 2], refused: refused(1) }],
    ['fewer, and names the others', { destination: '', rows: 1, retry: [0, 1] }],
  ])('may tell of %s', async (_, receipt) => {
    expect(await send(receipt)).toMatchObject({ kind: 'settled', settled: { status: 'accepted' } })
  })

  it.each([
    ['is none', null, 'gave no receipt with a destination'],
    ['is a text', 'ok', 'gave no receipt with a destination'],
    ['has no destination', {}, 'gave no receipt with a destination'],
    ['names a row that there is not', { destination: '', retry: [3] }, 'names row 3 of a message of 3 rows'],
    [
      'names a row before the first',
      { destination: '', refused: refused(-1) },
      'names row -1 of a message of 3 rows',
    ],
    ['names half a row', { destination: '', accepted: [0.5] }, 'names row 0.5 of a message of 3 rows'],
    [
      'names a row twice',
      { destination: '', refused: refused(1), retry: [1] },
      'names a row of the message twice',
    ],
    [
      'names a row as accepted and refused',
      { destination: '', accepted: [0, 1, 2], refused: refused(1) },
      'names a row of the message twice',
    ],
    [
      'counts too few',
      { destination: '', rows: 2 },
      'counts 2 accepted rows of 3 and does not say what became of the others',
    ],
    [
      'names too few',
      { destination: '', accepted: [0], retry: [1] },
      'counts 1 accepted rows of 3 and does not say',
    ],
  ])('that %s is an error of the plugin, and the message waits', async (_, receipt, said) => {
    const sent = await send(receipt)
    expect(sent).toMatchObject({ kind: 'failed', hint: expect.stringContaining('fix the plugin') })
    expect((sent as { readonly message: string }).message).toContain(`activate/tell ${said}`)
  })
})

describe('a message', () => {
  it('is given to the sink with its rows; one that renders its own has its text alone', async () => {
    const seen: unknown[] = []
    const write: SinkPlugin['write'] = async ({ rows, removed, body, state, idempotencyKey, context }) => {
      seen.push([
        rows,
        removed,
        body,
        state,
        idempotencyKey,
        context.resolve('out'),
        context.asOf,
        context.stage,
      ])
      return { destination: '' }
    }
    await sendMessage(message, sink(write), () => new Date(0))
    await sendMessage(message, sink(write, { message: () => undefined as never }), () => new Date(0))
    await sendMessage({ ...message, body: '{"rows":[]}', rows: 0 }, sink(write), () => new Date(0))
    const facts = ['opened', 'm1', '/p/sub/out', '2026-01-01', 'crm']
    expect(seen).toEqual([
      [[{ id: 1 }, { id: 2 }, { id: 3 }], [{ id: 4 }], message.body, ...facts],
      [[], [], message.body, ...facts],
      [[], [], '{"rows":[]}', ...facts],
    ])
  })

  it('is tried as often as the sink says, where it may be', async () => {
    let asked = 0
    const failing =
      (retryable: boolean, until = 9): SinkPlugin['write'] =>
      async () => {
        asked += 1
        if (asked < until) throw deliveryFailed({ message: 'hush is down', hint: 'wait', retryable })
        return { destination: '' }
      }
    const retry = () => ({ attempts: 3, firstWaitMs: 1, longestWaitMs: 1 })
    const now = () => new Date(0)
    expect(await sendMessage(message, sink(failing(true), { retry }), now)).toEqual({
      kind: 'failed',
      message: expect.stringMatching(/^(?!.*hush).*is down/),
      hint: 'wait',
    })
    expect(asked).toBe(3)
    asked = 0
    expect(await sendMessage(message, sink(failing(true, 3), { retry }), now)).toMatchObject({
      settled: { attempts: 3 },
    })
    asked = 0
    expect(await sendMessage(message, sink(failing(false), { retry }), now)).toMatchObject({
      kind: 'settled',
      settled: { status: 'given_up', refused: [], retry: [] },
    })
    expect(asked).toBe(1)
    asked = 0
    await sendMessage(message, sink(failing(true)), now)
    expect(asked).toBe(1)
  })

  it('waits where the sink fails without a word', async () => {
    const broken = sink(async () => {
      throw new TypeError('x is undefined')
    })
    expect(await sendMessage(message, broken, () => new Date(0))).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('The sink failed in a way that it does not explain'),
    })
  })
})
