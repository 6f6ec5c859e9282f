import { SillageError } from '@sillage/base'
import { batchMaker } from '@sillage/workers/batches'
import { describe, expect, it } from 'vitest'
import { pullSource } from './pull.ts'
import { readBatches } from './read-batches.ts'

const columns = [{ name: 'n', type: 'INTEGER' }]
const make = batchMaker(new Set())
const batch = (...values: readonly number[]) => make.batch({ n: make.column('INTEGER', values) } as never)
const step = {
  stage: 'orders',
  plugin: 'collect/own',
  columns,
  config: { token: '${secret:token}' },
  module: '',
  files: [],
  provenance: false,
}

interface Told {
  readonly notes: string[]
  readonly warnings: unknown[]
}
const asking = (
  signal = new AbortController().signal as never,
  told: Told = { notes: [], warnings: [] },
) => ({
  signal,
  secret: () => 'very-secret-word',
  note: (text: string) => void told.notes.push(text),
  warn: (warning: unknown) => void told.warnings.push(warning),
  received: async function* () {},
  pipelineFile: '/p/pipeline.yaml',
})

/** What is read of a source that yields just this. */
async function read(
  yields: readonly unknown[],
  {
    since,
    signal,
    more = {},
  }: { readonly since?: string; readonly signal?: never; readonly more?: object } = {},
) {
  const plugin = {
    name: 'collect/own',
    read: async function* () {
      for (const one of yields) {
        if (one instanceof Error) throw one
        yield one
      }
    },
    ...more,
  }
  const found: { readonly rows: number; readonly cursor: string | undefined }[] = []
  const facts = { step, plugin, config: {}, connection: undefined, since, asking: asking(signal) }
  for await (const { batch: own, cursor } of readBatches(facts as never))
    found.push({ rows: own.numRows, cursor })
  return found
}

describe('what a source gives', () => {
  it('are batches of its columns, each with a cursor behind it', async () => {
    expect(
      await read([
        { batch: batch(1, 2), cursor: '1' },
        { batch: batch(), cursor: '1' },
        { batch: batch(3), cursor: '"b"' },
      ]),
    ).toEqual([
      { rows: 2, cursor: '1' },
      { rows: 0, cursor: '1' },
      { rows: 1, cursor: '"b"' },
    ])
  })

  it.each<[string, readonly unknown[], string | undefined, RegExp]>([
    ['nothing', [undefined], undefined, /gave what it did not declare: it yields \{ batch, cursor \}/],
    ['no cursor', [{ batch: batch(1) }], undefined, /it yields/],
    ['a cursor that is no JSON', [{ batch: batch(1), cursor: 'a' }], undefined, /it yields/],
    [
      'rows without moving its cursor',
      [{ batch: batch(1, 2), cursor: '1' }],
      '1',
      /its cursor did not move though 2 rows came/,
    ],
    [
      'a secret in its cursor',
      [{ batch: batch(1), cursor: '"very-secret-word"' }],
      undefined,
      /its cursor holds a secret/,
    ],
    [
      'other columns',
      [{ batch: make.batch({ m: make.column('INTEGER', [1]) } as never), cursor: '1' }],
      undefined,
      /gave what it did not declare/,
    ],
  ])('may not be %s', async (_, yields, since, said) => {
    await expect(read(yields, since === undefined ? {} : { since })).rejects.toMatchObject({
      code: 'plugin_output',
      message: expect.stringMatching(said),
      facts: { stage: 'orders', plugin: 'collect/own' },
    })
  })

  it('is told where it fails, without secrets', async () => {
    await expect(read([new TypeError('bad  very-secret-word\nhere')])).rejects.toMatchObject({
      code: 'plugin_failed',
      message: expect.stringMatching(
        /^"orders": plugin collect\/own failed: TypeError: bad (?!very-secret)\S+ here$/,
      ),
      retryable: false,
      hint: 'fix the plugin; what was read so far stays',
    })
    const known = new SillageError({
      code: 'request_failed',
      message: 'down',
      hint: 'wait',
      retryable: true,
      facts: { retryAfterMs: 5, row: 'ada' },
    } as never)
    await expect(read([known])).rejects.toMatchObject({
      message: '"orders": plugin collect/own failed: down',
      hint: 'wait',
      retryable: true,
      facts: { retryAfterMs: 5, plugin: 'collect/own', stage: 'orders' },
    })
    await read([known]).catch((error: SillageError) => expect(error.facts).not.toHaveProperty('row'))
  })

  it('ends with the run, for its own reason', async () => {
    const stop = new AbortController()
    stop.abort(new Error('stopped'))
    await expect(read([new TypeError('x')], { signal: stop.signal as never })).rejects.toThrow('stopped')
  })

  it('is closed where nobody wants more', async () => {
    let closed = false
    const plugin = {
      name: 'collect/own',
      read: async function* () {
        try {
          for (let n = 1; ; n += 1) yield { batch: batch(n), cursor: String(n) }
        } finally {
          closed = true
        }
      },
    }
    for await (const { cursor } of readBatches({ step, plugin, config: {}, asking: asking() } as never))
      if (cursor === '3') break
    expect(closed).toBe(true)
  })
})

const sources = new Map<string, unknown>()
Object.assign(globalThis, { sillageSmallSources: sources })

/** Pulls a source whose attempts yield this, one after the other, into a table that keeps what is committed. */
async function pulled(
  attempts: readonly (readonly unknown[])[],
  { full = Number.POSITIVE_INFINITY, attemptsAllowed = 2 } = {},
) {
  const asked: (string | undefined)[] = []
  const id = String(sources.size)
  sources.set(id, {
    name: 'collect/own',
    retry: () => ({ attempts: attemptsAllowed, firstWaitMs: 1, longestWaitMs: 1 }),
    read: async function* ({
      since,
      config,
    }: {
      readonly since: string | undefined
      readonly config: { readonly token: string }
    }) {
      expect(config.token).toBe('very-secret-word')
      const yields = attempts[asked.length] ?? []
      asked.push(since)
      for (const one of yields) {
        if (one instanceof Error) throw one
        yield one
      }
    },
  })
  const table = {
    cursor: undefined as string | undefined,
    batches: 0,
    begin: async () => {},
    commit: async ({ cursor }: { readonly cursor: string }) => {
      table.cursor = cursor
      table.batches += 1
      return table.batches < full
    },
    end: async () => ({ batches: table.batches }),
  }
  const module = `data:text/javascript,export default globalThis.sillageSmallSources.get('${id}')`
  const ended = await pullSource({ ...step, module } as never, table as never, asking() as never).catch(
    (error: unknown) => error as SillageError,
  )
  return { ended, asked, table }
}
const down = new SillageError({ code: 'request_failed', message: 'down', retryable: true } as never)
const one = (n: number) => ({ batch: batch(n), cursor: String(n) })

describe('a source is pulled', () => {
  it('to its end, batch by batch', async () => {
    const { ended, asked } = await pulled([[one(1), one(2)]])
    expect([ended, asked]).toEqual([{ batches: 2 }, [undefined]])
  })

  it('again behind the last committed batch where it fails for the moment, and each batch renews its attempts', async () => {
    const { ended, asked } = await pulled([[one(1), down], [one(2), down], [one(3), down], [one(4)]])
    expect([ended, asked]).toEqual([{ batches: 4 }, [undefined, '1', '2', '3']])
  })

  it('no more than so often where nothing comes, and not at all where it fails for good', async () => {
    const never = await pulled([[down], [down], [down], [down]])
    expect([(never.ended as SillageError).message, never.asked.length]).toEqual([
      '"orders": plugin collect/own failed: down',
      2,
    ])
    const broken = await pulled([[one(1), new TypeError('x')], [one(2)]])
    expect([(broken.ended as SillageError).code, broken.asked.length, broken.table.cursor]).toEqual([
      'plugin_failed',
      1,
      '1',
    ])
  })

  it('until its table wants no more', async () => {
    const { ended } = await pulled([[one(1), one(2), one(3)]], { full: 2 })
    expect(ended).toEqual({ batches: 2 })
  })
})
