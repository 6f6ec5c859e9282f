import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import type { BatchMaker, ReadContext } from '@sillage/sdk'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { HttpOptions } from './http/options.ts'
import plugin from './http.ts'

type Reply = {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
}

let replies: (url: URL) => Reply
const asked: string[] = []
const server = createServer((request, response) => {
  asked.push(request.url!)
  const { status = 200, headers = {}, body } = replies(new URL(request.url!, 'http://x'))
  response.writeHead(status, headers).end(body)
})
beforeAll(() => new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready)))
beforeEach(() => void asked.splice(0))
afterAll(() => {
  server.close()
})
const origin = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`

/** Texts stand for vectors: what arrives in DuckDB is a matter of the examples. */
const make = {
  text: (values: unknown) => values,
  batch: (columns: unknown) => columns,
} as unknown as BatchMaker
const context: ReadContext = {
  signal: new AbortController().signal,
  sleep: (ms: number) => wait(ms),
  received: () => {
    throw new Error('an API is read, not the inbox')
  },
  note: () => {},
  warn: () => {},
}

/** What one run reads behind a cursor: the ids, and the cursor of each batch. */
async function read(options: Partial<HttpOptions>, since?: string, most = 100) {
  const config: HttpOptions = { url: `${origin()}/x?key=k-1`, columns: { id: 'id' }, ...options }
  const ids: (readonly (string | null)[])[] = []
  const cursors: string[] = []
  for await (const { batch, cursor } of plugin.read({ config, since, context, make })) {
    ids.push((batch as unknown as { readonly id: readonly string[] }).id)
    cursors.push(cursor)
    if (ids.length === most) break
  }
  return {
    ids,
    last: cursors.at(-1) ?? since,
    asked: asked.splice(0).map((path) => path.replace('/x?key=k-1', '')),
  }
}

const list = (ids: readonly number[]): string => JSON.stringify(ids.map((id) => ({ id })))
const range = (from: number, to: number): readonly number[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index)

describe('collect/http', () => {
  it('goes on at the last page of numbers, however many records a page has', async () => {
    let rows = 4
    replies = (url) => {
      const page = Number(url.searchParams.get('page'))
      return { body: list(range(page * 2 - 2, Math.min(rows, page * 2))) }
    }
    const first = await read({ next: 'page' })
    expect(first).toMatchObject({ ids: [['0', '1'], ['2', '3'], []], last: '{"page":2,"skip":2}' })
    expect(first.asked).toEqual(['&page=1', '&page=2', '&page=3'])
    expect(await read({ next: 'page' }, first.last)).toMatchObject({ ids: [], asked: ['&page=2', '&page=3'] })
    rows = 7
    const later = await read({ next: 'page' }, first.last)
    expect(later.ids).toEqual([['4', '5'], ['6'], []])
    rows = 8
    expect((await read({ next: 'page' }, later.last)).ids).toEqual([['7'], []])
    const sized = await read({ next: 'page', page_size: 2 })
    expect(sized).toMatchObject({
      last: '{"page":5}',
      asked: ['&page=1', '&page=2', '&page=3', '&page=4', '&page=5'],
    })
  })

  it('goes on behind a cursor that the answer has, and at the last page where it has none', async () => {
    let pages: Readonly<Record<string, readonly [readonly number[], string | null]>> = {
      '': [[1, 2], 'b'],
      b: [[3], null],
    }
    replies = (url) => {
      const [ids, next] = pages[url.searchParams.get('at') ?? '']!
      return { body: JSON.stringify({ data: ids.map((id) => ({ id })), next }) }
    }
    const options = { records: '$.data', next: '$.next', parameter: 'at' }
    const first = await read(options)
    expect(first).toMatchObject({
      ids: [['1', '2'], ['3']],
      last: '{"page":"b","skip":1}',
      asked: ['', '&at=b'],
    })
    pages = { ...pages, b: [[3, 4], 'c'], c: [[5], null] }
    expect(await read(options, first.last)).toMatchObject({ ids: [['4'], ['5']], asked: ['&at=b', '&at=c'] })
    expect((await read(options, (await read(options, undefined, 1)).last)).asked).toEqual(['&at=b', '&at=c'])
  })

  it('follows links of the same server, and keeps only what differs from the configured address', async () => {
    replies = (url) => {
      const page = Number(url.searchParams.get('p') ?? 1)
      const next = `<${origin()}/y?key=k-1&p=${page + 1}>; rel="next", <${origin()}/x?p=1>; rel="first"`
      return { body: list([page]), headers: page < 3 ? { link: next } : {} }
    }
    const { ids, last } = await read({ next: 'link' })
    expect(ids).toEqual([['1'], ['2'], ['3']])
    expect(last).toBe('{"page":"/y?p=3","skip":1}')
    replies = () => ({ body: list([1]), headers: { link: '<https://elsewhere.example/x>; rel="next"' } })
    await expect(read({ next: 'link' })).rejects.toMatchObject({ code: 'link_elsewhere', retryable: false })
  })

  it('asks for what is newer than the greatest value, and takes records of exactly that value once', async () => {
    let rows = [
      { id: 1, at: 9 },
      { id: 2, at: 10 },
      { id: 3, at: 10 },
    ]
    replies = (url) => ({
      body: JSON.stringify(rows.filter(({ at }) => at >= Number(url.searchParams.get('from') ?? 0))),
    })
    const options = { columns: { id: 'id', at: 'at' }, since: { parameter: 'from', column: 'at' } }
    const first = await read(options)
    expect(first.ids).toEqual([['1', '2', '3']])
    expect(await read(options, first.last)).toMatchObject({ ids: [], asked: ['&from=10'] })
    rows = [...rows, { id: 4, at: 10 }, { id: 5, at: 11 }]
    const second = await read(options, first.last)
    expect(second.ids).toEqual([['4', '5']])
    expect(await read(options, second.last)).toMatchObject({ ids: [], asked: ['&from=11'] })
  })

  it('loses no digit, and gives what is inside as JSON', async () => {
    replies = () => ({
      body: '[{"a": 12345678901234567890.10, "b": "1.50", "c": {"d": [1.50, 1e3, "2.0"]}, "e": false, "f": null, "g": -0}]',
    })
    const config = {
      url: origin(),
      columns: { a: 'a', b: 'b', c: 'c', d: '$.c.d[-1]', e: 'e', f: 'f', g: 'g', h: '$.c.x.y' },
    }
    for await (const { batch } of plugin.read({ config, since: undefined, context, make }))
      expect(batch).toEqual({
        a: ['12345678901234567890.10'],
        b: ['1.50'],
        c: ['{"d":[1.50,1e3,"2.0"]}'],
        d: ['2.0'],
        e: ['false'],
        f: [null],
        g: ['-0'],
        h: [null],
      })
  })

  it.each<[string, Reply, object]>([
    [
      '429',
      { status: 429, headers: { 'retry-after': '7' }, body: '' },
      { code: 'api_failing', retryable: true, facts: { retryAfterMs: 7000 } },
    ],
    ['503', { status: 503, body: '' }, { code: 'api_failing', retryable: true }],
    ['401', { status: 401, body: '' }, { code: 'api_refused', retryable: false }],
    [
      'a redirect',
      { status: 302, headers: { location: '/y' }, body: '' },
      { code: 'api_refused', retryable: false },
    ],
    ['a page for people', { body: '<html>' }, { code: 'api_answer', retryable: false }],
    ['01', { body: '[{"id": 01}]' }, { code: 'api_answer' }],
    ['no list', { body: '{"id": 1}' }, { code: 'api_answer', retryable: false }],
  ])('%s is told with the next action, and no secret of the address', async (_, reply, expected) => {
    replies = () => reply
    const error = await read({}).catch((thrown: unknown) => thrown as Error & { readonly hint: string })
    expect(error).toMatchObject({ ...expected, hint: expect.any(String) })
    expect(JSON.stringify([(error as Error).message, error])).not.toContain('k-1')
  })

  it('a path that is none, another way to the next page, and a column that is not there are found before anything runs', () => {
    const check = (options: Partial<HttpOptions>) =>
      plugin.check!({
        config: { url: 'https://x', columns: { id: 'id' }, ...options },
        columns: [],
        inputs: {},
        asOf: '',
      }).map(({ path }) => path)
    expect(check({ records: '$.a[', next: 'cursor', since: { parameter: 'p', column: 'at' } })).toEqual([
      ['records'],
      ['next'],
      ['since', 'column'],
    ])
    expect(check({ columns: { a: '$["b c"].d[0]' }, next: '$.next' })).toEqual([])
  })
})
