import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An HTTP receiver on this machine that keeps what it is told in step, as one does that knows the ids of its messages. */
export interface Receiver extends Disposable {
  readonly url: string
  /** What it holds: the content of each row, by its key. */
  readonly rows: ReadonlyMap<string, string>
  /** Messages that came, repeated ones counted. */
  readonly received: () => number
  /** Keys that came with more than one payload, and payloads that came under a new key while the answer to the old one was no yes. */
  readonly broken: () => number
  /** Rows that came under a new key while the receiver had them, unchanged. */
  readonly twice: () => number
  /** Begins anew, as for a project that never sent. The counts stay. */
  readonly forget: () => void
}

/** Answers every eleventh message with 503 after it took it: the sender must repeat it with its key. */
const refusesEvery = 11

interface Told {
  readonly rows: readonly Readonly<Record<string, unknown>>[]
  readonly removed?: readonly Readonly<Record<string, unknown>>[]
}

export async function openReceiver(): Promise<Receiver> {
  const payloadOf = new Map<string, string>()
  /** Keys of payloads of which the sender was not told that they arrived. */
  const unanswered = new Map<string, string>()
  const rows = new Map<string, string>()
  let received = 0
  let broken = 0
  let twice = 0
  const take = ({ rows: told, removed = [] }: Told): void => {
    for (const { id } of removed) rows.delete(String(id))
    for (const row of told) {
      const content = JSON.stringify(row)
      if (rows.get(String(row.id)) === content) twice += 1
      rows.set(String(row.id), content)
    }
  }
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const { data } = JSON.parse(Buffer.concat(parts).toString()) as { readonly data: Told }
      const payload = createHash('sha256')
        .update(JSON.stringify([data.rows, data.removed ?? []]))
        .digest('hex')
      const key = String(request.headers['webhook-id'])
      if ((payloadOf.get(key) ?? payload) !== payload) broken += 1
      if ((unanswered.get(payload) ?? key) !== key) broken += 1
      if (!payloadOf.has(key)) take(data)
      payloadOf.set(key, payload)
      received += 1
      const accepts = received % refusesEvery !== 0
      if (accepts) unanswered.delete(payload)
      else unanswered.set(payload, key)
      response.statusCode = accepts ? 200 : 503
      response.end()
    })
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/leads`,
    rows,
    received: () => received,
    broken: () => broken,
    twice: () => twice,
    forget: () => {
      for (const known of [rows, payloadOf, unanswered]) known.clear()
    },
    [Symbol.dispose]: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
