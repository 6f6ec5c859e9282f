import { relative } from 'node:path'
import { type Diagnostic, exitCode, isSillageError, messageOf, systemFailure } from '@sillage/base'
import colors from 'picocolors'

export type OutputFormat = 'text' | 'json'

/** Prints one JSON document on stdout; decimals and integers past 2^53 are text already. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** Progress and notes go to stderr, so that stdout can be piped. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`)
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
  return `${place}${level} ${message} ${colors.dim(`[${code}]`)}${hint === undefined ? '' : `\n  ${colors.cyan('→')} ${hint}`}`
}

/** Tells a failure and gives its exit code. Only what nobody foresaw shows a stack, and only with SILLAGE_DEBUG. */
export function reportFailure(error: unknown, output: OutputFormat): number {
  const known = isSillageError(error) ? error : systemFailure(error)
  if (known) {
    const { code, message, hint, diagnostics, exit, facts } = known
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
      if (diagnostics.length === 0)
        note(
          `${colors.red('error')} ${message} ${colors.dim(`[${code}]`)}${hint === undefined ? '' : `\n  ${colors.cyan('→')} ${hint}`}`,
        )
    }
    if (process.env.SILLAGE_DEBUG) note(String(known.stack))
    return exit
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
