import { createHmac, randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { SillageError } from '@sillage/base'

const bytes = 32
const blockBytes = 64

/** The two padded keys of an HMAC with SHA-256 (RFC 2104), hexadecimal: sha256(outer || sha256(inner || value)). */
interface Pads {
  readonly inner: string
  readonly outer: string
}

function keyFile(folder: string): string {
  return join(folder, 'suppression.key')
}

/** The key of the suppression list, made at its first use (0600). It is state: without it the list says nothing. */
function suppressionKey(folder: string, { make }: { readonly make: boolean }): Buffer {
  const file = keyFile(folder)
  if (!existsSync(file) && make) makeKey(folder, file)
  if (!existsSync(file))
    throw new SillageError({
      code: 'suppression_key_missing',
      message: `${file} is missing: without it neither who asked to be forgotten nor what was delivered can be told from others`,
      hint: 'restore it from your backup: cp -a <backup>/state/suppression.key state/',
    })
  const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'hex')
  if (key.length !== bytes)
    throw new SillageError({
      code: 'suppression_key_damaged',
      message: `${file} is no key`,
      hint: 'restore it from your backup: cp -a <backup>/state/suppression.key state/',
    })
  return key
}

/** Linked into place whole, so that two processes agree on one key. */
function makeKey(folder: string, file: string): void {
  mkdirSync(folder, { recursive: true })
  const temporary = `${file}.${process.pid}.partial`
  rmSync(temporary, { force: true })
  const handle = openSync(temporary, 'wx', 0o600)
  try {
    writeSync(handle, `${randomBytes(bytes).toString('hex')}\n`)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  try {
    linkSync(temporary, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(temporary, { force: true })
  }
}

/** The keyed hash (HMAC-SHA256, hexadecimal) under which a value stands in the suppression list. Makes the key where there is none. */
export function forgottenHash(folder: string, value: string): string {
  return createHmac('sha256', suppressionKey(folder, { make: true }))
    .update(value)
    .digest('hex')
}

/**
 * The key under which the content of delivered rows is hashed: it is state as well, since without it every row would count as changed.
 * Made where there is none and `make` says so; else throws `suppression_key_missing`.
 */
export function deliveryKey(folder: string, options: { readonly make: boolean }): string {
  return createHmac('sha256', suppressionKey(folder, options)).update('deliveries').digest('hex')
}

/** A hash that tells whether a parameter has the value that it had, and not which: it may be that of a person. Makes the key where there is none. */
export function parameterHash(folder: string, value: string): string {
  const key = createHmac('sha256', suppressionKey(folder, { make: true }))
    .update('parameters')
    .digest()
  return createHmac('sha256', key).update(value).digest('hex').slice(0, 32)
}

/** What a database needs to compute the same hash. Throws `suppression_key_missing`, `suppression_key_damaged`. */
export function suppressionPads(folder: string): Pads {
  const key = Buffer.alloc(blockBytes)
  suppressionKey(folder, { make: false }).copy(key)
  const pad = (byte: number): string => Buffer.from(key.map((one) => one ^ byte)).toString('hex')
  return { inner: pad(0x36), outer: pad(0x5c) }
}
