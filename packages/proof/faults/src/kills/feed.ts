import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { randomFrom, whole } from '../random.ts'

/** An API on this machine whose list of records only grows. */
export interface Feed extends Disposable {
  readonly url: string
  /** From now on it has so many records. */
  readonly show: (records: number) => void
}

export const feedPageSize = 40

/** Every 23rd answer is 503: whoever asks must ask again. */
const refusesEvery = 23

export async function openFeed(): Promise<Feed> {
  const random = randomFrom(7)
  const records = Array.from({ length: 2000 }, (_, id) => ({
    id,
    customer: `c${whole(random, 300)}`,
    amount: whole(random, 30) === 0 ? 'free' : (random() * 900).toFixed(2),
  }))
  let shown = 0
  let asked = 0
  const server = createServer(({ url }, response) => {
    asked += 1
    if (asked % refusesEvery === 0) return void response.writeHead(503).end()
    const page = Number(new URL(url!, 'http://localhost').searchParams.get('page'))
    const first = (page - 1) * feedPageSize
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(records.slice(first, Math.min(shown, first + feedPageSize))))
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/orders`,
    show: (count) => {
      shown = count
    },
    [Symbol.dispose]: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
