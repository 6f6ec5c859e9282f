import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Example } from '@sillage/sdk'

const shown = 'https://api.example.org'

/** Answers in the place of the address that examples of sources show. */
export class ExampleServer implements Disposable {
  readonly #server

  private constructor(answers: NonNullable<Example['serves']>) {
    this.#server = createServer((request, response) => {
      const answer = answers[request.url ?? '']
      response.statusCode = answer === undefined ? 404 : 200
      response.setHeader('content-type', 'application/json')
      response.end(answer)
    })
  }

  static async open(answers: NonNullable<Example['serves']>): Promise<ExampleServer> {
    const server = new ExampleServer(answers)
    await new Promise<void>((ready) => server.#server.listen(0, '127.0.0.1', ready))
    return server
  }

  /** The example with this server's address in its configuration. */
  placedIn(example: Example): Example {
    const address = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
    const { with: options, connection } = example
    const text = JSON.stringify({ with: options, connection }).replaceAll(shown, address)
    return { ...example, ...(JSON.parse(text) as Pick<Example, 'with' | 'connection'>) }
  }

  [Symbol.dispose](): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }
}
