import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An HTTP receiver on this machine that remembers under which key each payload came. */
export interface Receiver extends Disposable {
  readonly url: string
  /** Hashes of the payloads that came since the last `forget`. */
  readonly payloads: ReadonlySet<string>
  /** Messages that came, repeated ones counted. */
  readonly received: () => number
  /** Payloads that came under more than one key, and keys that came with more than one payload. */
  readonly broken: () => number
  readonly forget: () => void
}

/** Answers every eleventh message with 503 after it took it: the sender must repeat it with its key. */
const refusesEvery = 11

export async function openReceiver(): Promise<Receiver> {
  const keyOf = new Map<string, string>()
  const payloadOf = new Map<string, string>()
  const payloads = new Set<string>()
  let received = 0
  let broken = 0
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const { data } = JSON.parse(Buffer.concat(parts).toString()) as {
        readonly data: { readonly rows: unknown }
      }
      const payload = createHash('sha256').update(JSON.stringify(data.rows)).digest('hex')
      const key = String(request.headers['webhook-id'])
      if ((keyOf.get(payload) ?? key) !== key || (payloadOf.get(key) ?? payload) !== payload) broken += 1
      keyOf.set(payload, key)
      payloadOf.set(key, payload)
      payloads.add(payload)
      received += 1
      response.statusCode = received % refusesEvery === 0 ? 503 : 200
      response.end()
    })
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/leads`,
    payloads,
    received: () => received,
    broken: () => broken,
    forget: () => payloads.clear(),
    [Symbol.dispose]: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
