import { relative } from 'node:path'
import {
  type Diagnostic,
  exitCode,
  exitOf,
  hintOf,
  isSillageError,
  messageOf,
  systemFailure,
} from '@sillage/base'
import colors from 'picocolors'
import { colourCode, harmless } from './terminal/format.ts'

export type OutputFormat = 'text' | 'json'

/** Writes to standard output: the command's own words. */
let writeOwn = (text: string): void => void process.stdout.write(text)

/**
 * Keeps standard output for what the command itself prints: what anything else writes there, a plugin above all, goes to stderr until
 * disposed of, so that a document stays one.
 */
export function ownStdout(): Disposable {
  const before = process.stdout.write
  const own = writeOwn
  writeOwn = (text) => void before.call(process.stdout, text)
  process.stdout.write = ((...facts: Parameters<typeof before>) =>
    process.stderr.write.apply(process.stderr, facts)) as typeof process.stdout.write
  return {
    [Symbol.dispose]: () => {
      process.stdout.write = before
      writeOwn = own
    },
  }
}

/** Text as it is, for help and the like. */
export function printRaw(text: string): void {
  writeOwn(text)
}

/** Prints one JSON document on stdout; decimals and integers past 2^53 are text already. */
export function printJson(value: unknown): void {
  writeOwn(`${JSON.stringify(value, null, 2)}\n`)
}

export function print(text: string): void {
  writeOwn(`${withoutControls(text)}\n`)
}

/** What is told, with its colours and line breaks: names out of a file are among it. */
function withoutControls(text: string): string {
  return text
    .split(colourCode)
    .map((part, index) => (index % 2 === 1 ? part : harmless(part)))
    .join('')
}

/** Progress and notes go to stderr, so that stdout can be piped. */
export function note(text: string): void {
  process.stderr.write(`${withoutControls(text)}\n`)
}

/** `file:line:column  error  message  code`, with the next action below. */
export function formatDiagnostic({ file, line, column, severity, message, hint, code }: Diagnostic): string {
  const place =
    file === undefined ? '' : `${colors.bold(`${relative(process.cwd(), file) || file}:${line}:${column}`)} `
  const level =
    severity === 'error'
      ? colors.red('error')
      : severity === 'warning'
        ? colors.yellow('warning')
        : colors.cyan('info')
  return `${place}${level} ${withHint({ code, message, hint })}`
}

/** `message [code]`, with the next action below. Both may hold names out of a customer's file. */
export function withHint({
  code,
  message,
  hint,
}: {
  readonly code: string
  readonly message: string
  readonly hint?: string | undefined
}): string {
  const next = hint === undefined ? '' : `\n  ${colors.cyan('→')} ${harmless(hint)}`
  return `${harmless(message)} ${colors.dim(`[${code}]`)}${next}`
}

/** Tells a failure and gives its exit code. Only what nobody foresaw shows a stack, and only with SILLAGE_DEBUG. */
export function reportFailure(error: unknown, output: OutputFormat): number {
  const known = isSillageError(error) ? error : systemFailure(error)
  if (known) {
    const { code, message, diagnostics, facts } = known
    const hint = hintOf(known)
    if (output === 'json')
      printJson({
        error: {
          code,
          message,
          ...(hint === undefined ? {} : { hint }),
          ...(Object.keys(facts).length ? { facts } : {}),
        },
        diagnostics,
      })
    else {
      for (const found of diagnostics) note(formatDiagnostic(found))
      if (diagnostics.length === 0) note(`${colors.red('error')} ${withHint({ code, message, hint })}`)
    }
    if (process.env.SILLAGE_DEBUG) note(String(known.stack))
    return exitOf(known)
  }
  const message = messageOf(error).split('\n')[0]!
  if (output === 'json') printJson({ error: { code: 'internal', message } })
  else
    note(
      `${colors.red('internal error')} ${message}\n  ${colors.cyan('→')} this is a fault of Sillage: run it again with SILLAGE_DEBUG=1 and report what it prints`,
    )
  if (process.env.SILLAGE_DEBUG) note(error instanceof Error ? String(error.stack) : '')
  return exitCode.internal
}
