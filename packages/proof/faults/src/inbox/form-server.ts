import { connect } from 'node:net'
import type { Project, Started } from '../project.ts'

/** What the form and the pipeline of these tests are. */
export const inboxFiles = {
  'sillage.yaml':
    'inbox: { forms: { clicks: { fields: { n: { type: text, required: true } }, rate: 10000000, events: 10000 } } }\n',
  'clicks.yaml': `pipeline: clicks
stages:
  raw: { uses: collect/inbox, with: { form: clicks, columns: { n: n }, record: { id: id } } }
marts: { clicks: { from: raw } }
`,
} as const

/** A `sillage serve` of a project that takes forms, in a process of its own. */
export class FormServer {
  readonly started: Started
  readonly address: string

  private constructor(started: Started, address: string) {
    this.started = started
    this.address = address
  }

  static async start(project: Project): Promise<FormServer> {
    const started = project.start(['serve', '--port', '0', '--output', 'json'])
    const address = await new Promise<string>((done, fail) => {
      let text = ''
      started.child.stdout!.on('data', (part: Buffer) => {
        text += part.toString()
        const found = /"address": "([^"]+)"/.exec(text)?.[1]
        if (found) done(found)
      })
      void started.ended.then(({ err }) => fail(new Error(`the server did not start: ${err}`)))
    })
    return new FormServer(started, address)
  }

  /** The status and the names that a request was answered with; undefined where no answer came. */
  async send(
    lines: readonly string[],
    key?: string,
  ): Promise<
    { readonly status: number; readonly ids: readonly string[]; readonly code?: string } | undefined
  > {
    try {
      const answer = await fetch(`${this.address}/collect/clicks`, {
        method: 'POST',
        body: lines.map((n) => `{"n":"${n}"}\n`).join(''),
        headers: {
          'content-type': 'application/x-ndjson',
          ...(key === undefined ? {} : { 'idempotency-key': key }),
        },
      })
      const { ids = [], error } = (await answer.json()) as {
        ids?: readonly string[]
        error?: { readonly code: string }
      }
      return { status: answer.status, ids, ...(error ? { code: error.code } : {}) }
    } catch {
      return undefined
    }
  }

  /** Begins a request that never comes to its end. */
  sendHalf(): void {
    const { hostname, port } = new URL(this.address)
    const socket = connect(Number(port), hostname, () =>
      socket.write(
        `POST /collect/clicks HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-ndjson\r\ncontent-length: 1000\r\n\r\n{"n":"half"}\n`,
      ),
    )
    socket.on('error', () => {})
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    this.started.child.kill(signal)
    await this.started.ended
  }
}
