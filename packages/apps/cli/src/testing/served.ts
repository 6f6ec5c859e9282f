import type { ChildProcess } from 'node:child_process'
import { type IncomingHttpHeaders, request } from 'node:http'
import type { TestProject } from './project.ts'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body as JSON. */
  readonly json: () => never
}

export interface RawAnswer {
  readonly status: number
  readonly type: string
  /** By name, in lower case. */
  readonly headers: Readonly<IncomingHttpHeaders>
  readonly text: string
}

/** An event of a stream. */
export interface StreamEvent {
  readonly id?: string
  readonly event: string
  readonly data: Readonly<Record<string, unknown>>
}

/** A real `sillage serve` on a project, in a process of its own. */
export class Served {
  readonly child: ChildProcess
  readonly address: string
  readonly #log: string[]
  token: string | undefined

  private constructor(child: ChildProcess, address: string, log: string[]) {
    this.child = child
    this.address = address
    this.#log = log
  }

  static async start(
    project: TestProject,
    {
      args = [],
      env = {},
    }: { readonly args?: readonly string[]; readonly env?: Readonly<Record<string, string>> } = {},
  ): Promise<Served> {
    const child = project.start(['serve', '--port', '0', '--output', 'json', ...args], env)
    const log: string[] = []
    child.stderr!.on('data', (part: Buffer) => log.push(part.toString()))
    const address = await new Promise<string>((done, fail) => {
      let text = ''
      child.stdout!.on('data', (part: Buffer) => {
        text += part.toString()
        const found = /"address": "([^"]+)"/.exec(text)?.[1]
        if (found) done(found)
      })
      child.once('exit', () => fail(new Error(`the server did not start: ${text}${log.join('')}`)))
    })
    return new Served(child, address, log)
  }

  /** What it said on stderr. */
  get log(): string {
    return this.#log.join('')
  }

  async ask(
    path: string,
    {
      method = 'GET',
      body,
      headers = {},
    }: {
      readonly method?: string
      readonly body?: unknown
      readonly headers?: Readonly<Record<string, string>>
    } = {},
  ): Promise<Answer> {
    const answer = await fetch(`${this.address}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(this.token === undefined ? {} : { authorization: `Bearer ${this.token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await answer.text()
    return { status: answer.status, headers: answer.headers, text, json: () => JSON.parse(text) as never }
  }

  /** As `ask`, with the path and the headers as they stand. */
  raw(
    path: string,
    headers: Readonly<Record<string, string>> = {},
    { method = 'GET', body }: { readonly method?: string; readonly body?: string } = {},
  ): Promise<RawAnswer> {
    const { hostname, port } = new URL(this.address)
    return new Promise((done, fail) => {
      request({ hostname, port, path, headers, method }, (answer) => {
        let text = ''
        answer.on('data', (part: Buffer) => {
          text += part.toString()
        })
        answer.on('end', () =>
          done({
            status: answer.statusCode!,
            type: String(answer.headers['content-type'] ?? ''),
            headers: answer.headers,
            text,
          }),
        )
      })
        .on('error', fail)
        .end(body)
    })
  }

  /** Follows a run to its end. */
  async events(
    path: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<readonly StreamEvent[]> {
    const { text } = await this.ask(path, { headers })
    return text.split('\n\n').flatMap((block) => {
      const lines = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s)))
      const { id, event, data } = lines as { id?: string; event?: string; data?: string }
      if (event === undefined) return []
      return [{ ...(id === undefined ? {} : { id }), event, data: JSON.parse(data!) }]
    })
  }

  /** Ends it as a terminal would; gives its exit code. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.child.exitCode !== null) return this.child.exitCode
    const ended = new Promise<number | null>((done) => this.child.once('exit', done))
    this.child.kill(signal)
    return await ended
  }
}
