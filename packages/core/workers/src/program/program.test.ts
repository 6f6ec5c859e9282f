import { setImmediate as soon } from 'node:timers/promises'
import { MessageChannel } from 'node:worker_threads'
import { SillageError } from '@sillage/base'
import { sql } from '@sillage/sdk'
import { type RecordBatch, tableToIPC } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { batchMaker } from '../batch-maker.ts'
import { askedHost } from './asked-tables.ts'
import type { ServedTables } from './port.ts'
import { servePort } from './serve-port.ts'

/** Tables in memory that note what was asked of them, and the deadline of the program that asks. */
class KeptTables implements ServedTables {
  readonly schema = 'program.own'
  readonly done: string[] = []
  readonly steps = new Map<string, string>()
  readonly rowsOf = new Map<string, number>()
  #step = ''
  returned = 0
  fails: unknown

  async begin(name: string) {
    this.#step = name
    const value = this.steps.get(name)
    return value === undefined ? undefined : { value }
  }
  async commit(value: string) {
    this.steps.set(this.#step, value)
  }
  async abandon() {
    this.done.push(`abandon ${this.#step}`)
  }
  async create(name: string, from: string | readonly object[]) {
    this.done.push(`create ${name} ${typeof from === 'string' ? from : JSON.stringify(from)}`)
    return 3
  }
  async append(name: string, batch: RecordBatch) {
    await soon()
    this.rowsOf.set(name, (this.rowsOf.get(name) ?? 0) + batch.numRows)
    this.done.push(
      `append ${name} ${batch.numRows} ${batch.schema.fields.map((field) => `${field.name}:${field.type}`)}`,
    )
  }
  async drop(name: string) {
    this.done.push(`drop ${name}`)
  }
  async rows(select: string) {
    if (this.fails) throw this.fails
    return [{ select, appended: this.rowsOf.get('t') ?? 0 }]
  }
  async batches(_: string, batchRows: number | undefined): Promise<AsyncIterable<RecordBatch>> {
    const make = batchMaker(new Set())
    const self = this
    async function* all() {
      try {
        for (let n = 0; n < 3; n += 1) yield make.batch({ n: make.integer([n, batchRows ?? -1]) })
      } finally {
        self.returned += 1
      }
    }
    return all()
  }
}

async function withHost(
  work: (facts: {
    readonly tables: ReturnType<typeof askedHost>['tables']
    readonly kept: KeptTables
    readonly deadline: string[]
    readonly note: (text: string) => void
    readonly notes: string[]
  }) => Promise<void>,
) {
  const { port1, port2 } = new MessageChannel()
  const kept = new KeptTables()
  const deadline: string[] = []
  const notes: string[] = []
  const serving = servePort(port1, {
    tables: kept,
    note: (text) => void notes.push(text),
    deadline: {
      pause: () => void deadline.push('pause'),
      restart: () => void deadline.push('restart'),
    } as never,
  })
  {
    await using host = askedHost(port2, kept.schema)
    await work({ tables: host.tables, kept, deadline, note: host.note, notes })
  }
  await serving[Symbol.asyncDispose]()
  expect(deadline.at(-1)).toBe('pause')
}
const numbers = (batch: RecordBatch) => [...batch.getChildAt(0)!].map(Number)

describe('a program', () => {
  it('asks for tables through the port, one after the other', async () => {
    await withHost(async ({ tables, kept, deadline }) => {
      expect(tables.of('t').text).toBe('"program.own"."t"')
      expect(await tables.create('t', sql`select 1`)).toBe(3)
      await tables.create('u', [{ name: 'n', type: 'INTEGER' }])
      const appended = tables.append('t', {
        a: new Int32Array([1, 2]),
        b: new BigInt64Array([1n, 2n]),
        c: new Float64Array([1, 2]),
      })
      const seen = tables.rows(sql`select 2`)
      expect(await seen).toEqual([{ select: 'select 2', appended: 2 }])
      await appended
      await tables.drop('t')
      expect(kept.done).toEqual([
        'create t select 1',
        'create u [{"name":"n","type":"INTEGER"}]',
        'append t 2 a:Int32,b:Int64,c:Float64',
        'drop t',
      ])
      expect([deadline[0], deadline.includes('restart')]).toEqual(['pause', true])
    })
  })

  it('appends many rows in pieces, and batches as they are', async () => {
    await withHost(async ({ tables, kept }) => {
      await tables.append('t', { a: new Int32Array(65_537) })
      expect(kept.done.map((line) => line.split(' ')[2])).toEqual(['65536', '1'])
      const make = batchMaker(new Set())
      await tables.append('t', make.batch({ x: make.text(['a']) }))
      expect(kept.done.at(-1)).toBe('append t 1 x:Utf8')
      expect(typeof tableToIPC).toBe('function')
    })
  })

  it('does a named step once, and undoes one that fails', async () => {
    await withHost(async ({ tables, kept }) => {
      let times = 0
      const once = () =>
        tables.step('a', async () => {
          times += 1
          return { times }
        })
      expect([await once(), await once(), times]).toEqual([{ times: 1 }, { times: 1 }, 1])
      expect(await tables.step('none', async () => undefined)).toBeUndefined()
      expect(kept.steps.get('none')).toBe('null')
      const failing = tables.step('b', async () => {
        throw new TypeError('x')
      })
      await expect(failing).rejects.toThrow('x')
      expect([kept.done, kept.steps.has('b')]).toEqual([['abandon b'], false])
    })
  })

  it('reads batch by batch; who wants no more ends the stream', async () => {
    await withHost(async ({ tables, kept }) => {
      const all: number[][] = []
      for await (const batch of tables.batches(sql`select 1`, { batchRows: 7 })) all.push(numbers(batch))
      expect([all, kept.returned]).toEqual([
        [
          [0, 7],
          [1, 7],
          [2, 7],
        ],
        1,
      ])
      for await (const batch of tables.batches(sql`select 1`)) {
        expect(numbers(batch)).toEqual([0, -1])
        break
      }
      expect(kept.returned).toBe(2)
    })
  })

  it('is told what went wrong, with code and hint where there are some, and notes arrive', async () => {
    await withHost(async ({ tables, kept, note, notes }) => {
      kept.fails = new SillageError({ code: 'statement_failed', message: 'no such', hint: 'look' })
      await expect(tables.rows(sql`x`)).rejects.toMatchObject({
        code: 'statement_failed',
        message: 'no such',
        hint: 'look',
      })
      kept.fails = new TypeError('odd')
      const error = await tables.rows(sql`x`).catch((thrown: unknown) => thrown)
      expect([error instanceof SillageError, (error as Error).message]).toEqual([false, 'odd'])
      kept.fails = undefined
      expect(await tables.rows(sql`y`)).toHaveLength(1)
      note('half')
      await tables.rows(sql`y`)
      expect(notes).toEqual(['half'])
    })
  })
})

it('streams that a program left open are ended with it', async () => {
  const { port1, port2 } = new MessageChannel()
  const kept = new KeptTables()
  const serving = servePort(port1, {
    tables: kept,
    note: () => {},
    deadline: { pause: () => {}, restart: () => {} } as never,
  })
  const host = askedHost(port2, 's')
  const stream = host.tables.batches(sql`x`)[Symbol.asyncIterator]()
  await stream.next()
  await serving[Symbol.asyncDispose]()
  expect(kept.returned).toBe(1)
  port2.close()
})
