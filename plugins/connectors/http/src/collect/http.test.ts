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
const told: [code: string, count: number | undefined][] = []
const context: ReadContext = {
  signal: new AbortController().signal,
  sleep: (ms: number) => wait(ms),
  received: () => {
    throw new Error('an API is read, not the inbox')
  },
  note: () => {},
  warn: ({ code, count }) => void told.push([code, count]),
}

/** What one run reads behind a cursor: the ids, and the cursor of each batch. */
async function read(options: Partial<HttpOptions>, since?: string, most = 100) {
  const config: HttpOptions = { url: `${origin()}/x?key=k-1`, columns: { id: 'id' }, ...options }
  const ids: (readonly (string | null)[])[] = []
  const cursors: string[] = []
  for await (const { batch, cursor } of plugin.read({
    config,
    since,
    files: [],
    places: false,
    context,
    make,
  })) {
    ids.push((batch as unknown as { readonly id: readonly string[] }).id)
    cursors.push(cursor!)
    if (ids.length === most) break
  }
  return {
    ids,
    last: cursors.at(-1) ?? since,
    told: told.splice(0),
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

  it.each([
    ['a whole address', (page: number) => `${origin()}/x?key=k-1&page=${page}`, '&page='],
    ['a query', (page: number) => `?page=${page}`, '&page='],
    ['a path of the server', (page: number) => `/x/more/${page}`, '/more/'],
  ])('follows the next page that the body calls by %s', async (_, address, part) => {
    replies = (url) => {
      const page = Number(/(?:page=|more\/)(\d+)/.exec(url.href)?.[1] ?? 1)
      const data = {
        count: 5,
        next: page < 3 ? address(page + 1) : null,
        results: range(page * 2 - 1, Math.min(6, page * 2 + 1)).map((id) => ({ id })),
      }
      return { body: JSON.stringify(data) }
    }
    const options = { records: '$.results', next: '$.next' }
    const first = await read(options)
    expect(first.ids).toEqual([['1', '2'], ['3', '4'], ['5']])
    expect(first.asked).toHaveLength(3)
    expect(first.asked[1]).toContain(`${part}2`)
    expect(first.last).not.toContain('k-1')
    expect(await read(options, first.last)).toMatchObject({ ids: [] })
  })

  it('goes on by offsets, whatever the server gives at once, and where the last run ended', async () => {
    let rows = 5
    replies = (url) => {
      const from = Number(url.searchParams.get('start'))
      return { body: list(range(from, Math.min(rows, from + 2))) }
    }
    const options = { next: 'offset', parameter: 'start' }
    const first = await read(options)
    expect(first).toMatchObject({ ids: [['0', '1'], ['2', '3'], ['4']], last: '{"page":5}' })
    expect(first.asked).toEqual(['&start=0', '&start=2', '&start=4', '&start=5'])
    rows = 6
    expect(await read({ ...options, page_size: 2 }, first.last)).toMatchObject({
      ids: [['5']],
      asked: ['&start=5'],
    })
  })

  it.each([404, 410, 416, 204])(
    'a page by number that is answered with %i is the end, the first one is not',
    async (status) => {
      replies = (url) =>
        Number(url.searchParams.get('page') ?? url.searchParams.get('offset')) < 3
          ? { body: list([Number(url.searchParams.get('page') ?? url.searchParams.get('offset'))]) }
          : { status, body: '' }
      expect((await read({ next: 'page' })).ids.flat()).toEqual(['1', '2'])
      expect((await read({ next: 'offset' })).ids.flat()).toEqual(['0', '1', '2'])
      replies = () => ({ status, body: '' })
      const none = await read({ next: 'page' }).catch((error: { code: string }) => error.code)
      expect(none).toEqual(status === 204 ? expect.objectContaining({ ids: [[]] }) : 'api_refused')
    },
  )

  it('a list that is null is an empty one', async () => {
    replies = (url) => ({
      body: url.searchParams.get('page') === '1' ? '{"data": [{"id": 1}]}' : '{"data": null}',
    })
    expect((await read({ next: 'page', records: '$.data' })).ids.flat()).toEqual(['1'])
  })

  it('a page with the records of the one before, or one that was asked for already, stops the run', async () => {
    const stopped = { code: 'api_no_progress', retryable: false, hint: expect.any(String) }
    replies = () => ({ body: list([1, 2]) })
    await expect(read({ next: 'page' })).rejects.toMatchObject(stopped)
    await expect(read({ next: 'offset' })).rejects.toMatchObject(stopped)
    let turn = 0
    replies = () => {
      turn += 1
      return { body: JSON.stringify({ data: [{ id: 1 }], next: `c${turn}` }) }
    }
    await expect(read({ records: '$.data', next: '$.next' })).rejects.toMatchObject(stopped)
    turn = 0
    replies = () => {
      turn += 1
      return { body: JSON.stringify({ data: [{ id: turn }], next: `c${turn % 2}` }) }
    }
    await expect(read({ records: '$.data', next: '$.next' })).rejects.toMatchObject(stopped)
  })

  it('times with and without a fraction, or in other zones, are compared as the instants that they are', async () => {
    let rows = [
      { id: 1, at: '2026-01-05T09:00:00Z' },
      { id: 2, at: '2026-01-05T11:00:00+01:00' },
      { id: 3, at: '2026-01-05T10:00:00.500Z' },
      { id: 9, at: null },
    ]
    replies = (url) => {
      const since = url.searchParams.get('since')
      return {
        body: JSON.stringify(
          rows.filter(({ at }) => since === null || at === null || Date.parse(at) >= Date.parse(since)),
        ),
      }
    }
    const options = { columns: { id: 'id', at: 'at' }, since: { parameter: 'since', column: 'at' } }
    const first = await read(options)
    expect(first.ids).toEqual([['1', '2', '3', '9']])
    const second = await read(options, first.last)
    expect(second).toMatchObject({
      ids: [],
      asked: [`&since=${encodeURIComponent('2026-01-05T10:00:00.500Z')}`],
    })
    rows = [...rows, { id: 4, at: '2026-01-05T10:00:00.5Z' }, { id: 5, at: '2026-01-05T10:00:01Z' }]
    const third = await read(options, second.last)
    expect(third.ids).toEqual([['4', '5']])
    expect((await read(options, third.last)).ids).toEqual([])
  })

  it('a server that gives older records again makes no fault of it: they are left out and told', async () => {
    const rows = [
      { id: 1, at: 8 },
      { id: 2, at: 10 },
    ]
    replies = () => ({ body: JSON.stringify(rows) })
    const options = { columns: { id: 'id', at: 'at' }, since: { parameter: 'from', column: 'at' } }
    const first = await read(options)
    expect(await read(options, first.last)).toMatchObject({
      ids: [],
      told: [['records_older_than_asked', 1]],
    })
    rows.push({ id: 3, at: 11 })
    expect((await read(options, first.last)).ids).toEqual([['3']])
    replies = () => ({ body: '[{"id": 1, "at": "5 Jan"}]' })
    expect((await read(options)).told).toEqual([['since_compared_as_text', undefined]])
  })

  it('loses no digit, and gives what is inside as JSON', async () => {
    replies = () => ({
      body: '[{"a": 12345678901234567890.10, "b": "1.50", "c": {"d": [1.50, 1e3, "2.0"]}, "e": false, "f": null, "g": -0}]',
    })
    const config = {
      url: origin(),
      columns: { a: 'a', b: 'b', c: 'c', d: '$.c.d[-1]', e: 'e', f: 'f', g: 'g', h: '$.c.x.y' },
    }
    for await (const { batch } of plugin.read({
      config,
      since: undefined,
      files: [],
      places: false,
      context,
      make,
    }))
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
      'a redirect to another server',
      { status: 302, headers: { location: 'https://elsewhere.example/y' }, body: '' },
      {
        code: 'api_refused',
        retryable: false,
        hint: 'it sends elsewhere: write the final address as url',
      },
    ],
    ['a page for people', { body: '<html>' }, { code: 'api_answer', retryable: false }],
    ['01', { body: '[{"id": 01}]' }, { code: 'api_answer' }],
    ['no list', { body: '{"id": 1}' }, { code: 'api_answer', retryable: false }],
  ])('%s is told with the next action, and no secret of the address', async (_, reply, expected) => {
    replies = () => reply
    const error = await read({}).catch((thrown: unknown) => thrown as Error & { readonly hint: string })
    expect(error).toMatchObject({ hint: expect.any(String), ...expected })
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
