import { createHash, randomUUID } from 'node:crypto'

/** What is known of a record beside what was sent. */
export interface RecordFacts {
  readonly id: string
  /** When it was received; UTC, ISO. */
  readonly at: string
  readonly form: string
  /** The key of the request, and of this event alone. */
  readonly request?: string
  readonly key?: string
  /** Of what the request sent under its key: another body under the same key is another request. */
  readonly digest?: string
  /** What the request was answered, on its first record, where events of it were known before. */
  readonly ids?: readonly string[]
  readonly ip?: string
  readonly user_agent?: string
  readonly referer?: string
}

/** Begins a line after which more of the same request follows. A request without its last line was never answered. */
const unfinished = '{"more":true,'

/** A line without its end: facts first, what was sent last, as it was sent. `body` is JSON text of one line. */
export function recordLine(facts: RecordFacts, body: string, { more }: { readonly more: boolean }): string {
  const start = JSON.stringify(facts)
  return `${more ? unfinished : '{'}${start.slice(1, -1)},"body":${body}}`
}

/** True of a line after which its request is whole. */
export function endsRequest(line: Buffer): boolean {
  return line.indexOf(unfinished, 0, 'latin1') !== 0
}

const beforeBody = ',"body":'

/** The facts of a line, without reading what was sent. Undefined for what is no record. */
export function factsOf(line: Buffer): RecordFacts | undefined {
  // Inside a text the quotes of this would stand behind backslashes.
  const at = line.indexOf(beforeBody)
  try {
    return at < 0 ? undefined : (JSON.parse(`${line.toString('utf8', 0, at)}}`) as RecordFacts)
  } catch {
    return undefined
  }
}

/** What tells one event, or all of a request, from others, without saying what was sent. */
export function digestOf(texts: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256')
  for (const text of texts) hash.update(text).update('\n')
  return hash.digest('base64url').slice(0, 22)
}

/** The digest of the event that a line holds. */
export function digestOfLine(line: Buffer): string {
  return digestOf([line.subarray(line.indexOf(beforeBody) + beforeBody.length, line.lastIndexOf(0x7d))])
}

/** True of a line that was sent under a key. */
export function hasKey(line: Buffer): boolean {
  const at = line.indexOf(beforeBody)
  return [',"request":', ',"key":'].some((name) => {
    const found = line.indexOf(name)
    return found >= 0 && found < at
  })
}

/** A name for a record that sorts by time (UUID version 7, RFC 9562). */
export function newRecordId(now: Date): string {
  const time = now.getTime().toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`
}
