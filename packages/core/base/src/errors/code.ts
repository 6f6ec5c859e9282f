import type { ErrorCode } from './errors.ts'

declare const own: unique symbol

/** A code that no list of ours has: the word of a plugin, or what another process told. */
export type OwnCode = string & { readonly [own]: true }

/** What an error or a diagnostic is called. */
export type Code = ErrorCode | OwnCode

/** The narrow door for codes that are not ours to list: those that plugins choose, and those read from another thread, process or file. */
export function ownCode(code: string): Code {
  return code as OwnCode
}
