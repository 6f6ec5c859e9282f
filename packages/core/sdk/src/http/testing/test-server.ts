import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Reply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface Received {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** A server of this process; what it answers may be changed from test to test. */
export class TestServer implements AsyncDisposable {
  readonly received: Received[] = []
  reply: (received: Received) => Reply | 'silence'
  readonly #server

  private constructor(reply: TestServer['reply']) {
    this.reply = reply
    this.#server = createServer(async (request, response) => {
      const parts: Buffer[] = []
      for await (const part of request) parts.push(part as Buffer)
      const received = {
        method: request.method!,
        path: request.url!,
        headers: request.headers,
        body: Buffer.concat(parts).toString(),
      }
      this.received.push(received)
      const answer = this.reply(received)
      if (answer === 'silence') return
      const { status = 200, headers = {}, body = '' } = answer
      response.writeHead(status, headers).end(body)
    })
  }

  static async open(reply: TestServer['reply']): Promise<TestServer> {
    const server = new TestServer(reply)
    await new Promise<void>((ready) => server.#server.listen(0, '127.0.0.1', ready))
    return server
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((done) => this.#server.close(done))
  }
}
