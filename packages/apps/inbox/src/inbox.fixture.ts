import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Form } from './form.ts'
import type { InboxRequest } from './form-inbox.ts'
import { Inbox } from './inbox.ts'
import { readRecords } from './read-records.ts'

const news: Form = {
  name: 'news',
  types: { email: 'text', age: 'integer', score: 'number', ok: 'boolean', tags: 'list' },
  check: (event) => (event.email === undefined ? [{ field: 'email', code: 'missing' }] : []),
  honeypot: 'website',
  events: 100,
  keep: [],
}

interface ReadRecord {
  readonly id: string
  readonly body: Readonly<Record<string, unknown>>
}

/** An inbox with a form `news`, in a folder of its own. */
export class TestInbox implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'sillage-inbox-'))

  open(
    more: Partial<Form> = {},
    limits = { bytes: 2 ** 26, ageMs: 1e9 },
    now = () => new Date(),
  ): Promise<Inbox> {
    return Inbox.open({ folder: this.folder, forms: [{ ...news, ...more }], now, limits })
  }

  /** All that is behind a cursor. */
  async read(since?: string) {
    const lines: string[] = []
    let cursor = since
    for await (const part of readRecords({ inbox: this.folder, form: 'news', since })) {
      lines.push(...part.records)
      cursor = part.cursor
    }
    const records = lines.map((line) => JSON.parse(line) as ReadRecord)
    return { records, lines, cursor, emails: records.map(({ body }) => body.email) }
  }

  /** Names of the segments. */
  files(): readonly string[] {
    const folder = join(this.folder, 'news')
    return existsSync(folder) ? readdirSync(folder).sort() : []
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

export function json(value: unknown, more: Partial<InboxRequest> = {}): InboxRequest {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return { body: Buffer.from(text), type: 'application/json', facts: {}, ...more }
}

/** What a request was refused with. */
export async function refusal(
  work: Promise<unknown>,
): Promise<{ readonly code: string; readonly facts: Readonly<Record<string, unknown>> }> {
  try {
    await work
  } catch (error) {
    return error as never
  }
  throw new Error('it was taken')
}
