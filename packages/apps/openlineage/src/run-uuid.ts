import { createHash } from 'node:crypto'

/** The namespace of Sillage's runs: UUID version 5 of the URL namespace and `urn:sillage:run`. */
const space = uuidOf('6ba7b811-9dad-11d1-80b4-00c04fd430c8', 'urn:sillage:run')

/** The UUID of a run of a job: always the same for the same names, so that whoever knows the names finds it. */
export function runUuid(...names: readonly string[]): string {
  return uuidOf(space, names.join('\n'))
}

/** A UUID by name (version 5, RFC 9562, section 5.5). */
export function uuidOf(namespace: string, name: string): string {
  const hash = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name)
    .digest()
  hash[6] = (hash[6]! & 0x0f) | 0x50
  hash[8] = (hash[8]! & 0x3f) | 0x80
  const hex = hash.toString('hex').slice(0, 32)
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
