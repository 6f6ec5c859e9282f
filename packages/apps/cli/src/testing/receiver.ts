import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Received {
  readonly path: string
  /** The `webhook-id`, or an empty text. */
  readonly id: string
  readonly body: string
}

/** A receiver on this machine that keeps what it gets, and answers with `status` (200 unless changed). */
export class Receiver implements Disposable {
  readonly received: Received[] = []
  status = 200
  readonly #server = createServer((request, response) => {
    let body = ''
    request.on('data', (part) => {
      body += part
    })
    request.on('end', () => {
      this.received.push({ path: request.url ?? '', id: String(request.headers['webhook-id'] ?? ''), body })
      response.statusCode = this.status
      response.end()
    })
  })

  /** On a port of its own, or the one that is named. */
  static async open(port = 0): Promise<Receiver> {
    const receiver = new Receiver()
    await new Promise<void>((ready, fail) => {
      receiver.#server.once('error', fail)
      receiver.#server.listen(port, '127.0.0.1', ready)
    })
    return receiver
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  get ids(): readonly string[] {
    return this.received.map(({ id }) => id)
  }

  [Symbol.dispose](): void {
    this.#server.close()
  }
}
