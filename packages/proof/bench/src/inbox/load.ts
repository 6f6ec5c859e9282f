import { Agent, request } from 'node:http'

/** What one sender is told: so many requests under way at once, each of so many events, for so long. */
export interface LoadOrder {
  readonly address: string
  readonly events: number
  readonly atOnce: number
  readonly seconds: number
}

/** What was answered in that time. */
export interface Loaded {
  readonly events: number
  readonly seconds: number
  /** Milliseconds of each request. */
  readonly ms: readonly number[]
}

/** Posts JSON lines as fast as they are answered. Throws where a request is refused. */
export async function load({ address, events, atOnce, seconds }: LoadOrder): Promise<Loaded> {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce })
  const body = Buffer.from(
    Array.from(
      { length: events },
      (_, index) =>
        `{"email":"person${index}@mail.example","page":"/wines/cabinet-${index % 17}","at":"2026-11-26T10:00:00Z","seconds":${index % 90}}\n`,
    ).join(''),
  )
  const began = performance.now()
  const until = began + seconds * 1000
  const ms: number[] = []
  const post = (): Promise<void> =>
    new Promise((done, fail) => {
      const started = performance.now()
      const sent = request(
        `${address}/collect/clicks`,
        {
          method: 'POST',
          agent,
          headers: { 'content-type': 'application/x-ndjson', 'content-length': body.length },
        },
        (answer) => {
          answer.resume()
          answer.on('end', () => {
            if (answer.statusCode !== 202) return fail(new Error(`it answered ${answer.statusCode}`))
            ms.push(performance.now() - started)
            done()
          })
        },
      )
      sent.on('error', fail)
      sent.end(body)
    })
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (performance.now() < until) await post()
    }),
  )
  agent.destroy()
  return { events: ms.length * events, seconds: (performance.now() - began) / 1000, ms }
}
