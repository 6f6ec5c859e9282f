import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An API on this machine that gives rows of `{ id, amount }` page by page, and keeps what it was asked for. */
export class Pages implements Disposable {
  /** Paths with their queries, in the order in which they were asked. */
  readonly asked: string[] = []
  readonly headers: IncomingMessage['headers'][] = []
  /** Rows that there are: ids from 1. */
  rows = 0
  readonly pageRows: number
  /** Answers in the place of a page: a status, or what is done instead. Undefined for a page. */
  instead: (path: string, response: ServerResponse) => boolean = () => false
  readonly #server = createServer((request, response) => {
    const path = request.url ?? ''
    this.asked.push(path)
    this.headers.push(request.headers)
    if (this.instead(path, response)) return
    const after = Number(new URL(path, 'http://x').searchParams.get('after') ?? 0)
    const end = Math.min(this.rows, after + this.pageRows)
    const rows = Array.from({ length: Math.max(0, end - after) }, (_, index) => rowOf(after + index + 1))
    response.setHeader('content-type', 'application/json')
    response.end(`{ "rows": [${rows.join(', ')}], "next": ${end} }`)
  })

  private constructor(pageRows: number) {
    this.pageRows = pageRows
  }

  static async open(rows: number, pageRows: number): Promise<Pages> {
    const pages = new Pages(pageRows)
    pages.rows = rows
    await new Promise<void>((ready) => pages.#server.listen(0, '127.0.0.1', ready))
    return pages
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** What was asked since the last call. */
  take(): readonly string[] {
    return this.asked.splice(0)
  }

  [Symbol.dispose](): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }
}

/** Every seventh amount is none, so that a contract refuses it. */
function rowOf(id: number): string {
  return `{ "id": ${id}, "amount": ${id % 7 === 0 ? '"none"' : `${id % 60}.25`} }`
}
