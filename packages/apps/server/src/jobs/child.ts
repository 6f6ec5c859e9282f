import { type ChildProcess, spawn } from 'node:child_process'
import { constants, setPriority } from 'node:os'
import { ownCode, SillageError } from '@sillage/base'
import type { Host } from '../host.ts'

/** How a child ended. `document` is what it printed as JSON, undefined where that is not whole. */
export interface ChildEnd {
  readonly exit: number | null
  readonly signal: NodeJS.Signals | null
  readonly document: unknown
}

const mostBytes = 16 * 2 ** 20

/** Names of variables that a child does not get. */
const withheld = ['SILLAGE_TOKEN', 'SILLAGE_READ_TOKEN']

/**
 * Starts the command line in a process group of its own, so that a Ctrl-C at the terminal reaches the server alone, at a lower
 * priority. What it prints on stderr is let go: it may quote values.
 */
export function startChild(
  host: Host,
  args: readonly string[],
): { readonly child: ChildProcess; readonly ended: Promise<ChildEnd> } {
  const [program, ...first] = host.command
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !withheld.includes(name)))
  const child = spawn(program, [...first, ...args, '--output=json'], {
    cwd: host.folder,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  if (child.pid !== undefined) lower(child.pid)
  const parts: Buffer[] = []
  let bytes = 0
  child.stdout!.on('data', (part: Buffer) => {
    bytes += part.length
    if (bytes <= mostBytes) parts.push(part)
  })
  const ended = new Promise<ChildEnd>((done) => {
    child.on('error', () => done({ exit: null, signal: null, document: undefined }))
    child.on('close', (exit, signal) => done({ exit, signal, document: parsed(Buffer.concat(parts)) }))
  })
  return { child, ended }
}

/** Asks the command line for a document. Throws what it answers as an error, `child_died`, `child_timeout`. */
export async function askChild<T>(host: Host, args: readonly string[], timeoutMs = 120_000): Promise<T> {
  const { child, ended } = startChild(host, args)
  let late = false
  const timer = setTimeout(() => {
    late = true
    child.kill('SIGKILL')
  }, timeoutMs)
  const end = await ended
  clearTimeout(timer)
  if (late)
    throw new SillageError({
      code: 'child_timeout',
      message: 'The command line took too long',
      hint: `try it by hand: sillage ${args[0]}`,
      retryable: true,
    })
  if (end.exit === 0 && end.document !== undefined) return end.document as T
  throw childFailed(end)
}

/** What a child that did not succeed says of it. */
export function childFailed({ exit, signal, document }: ChildEnd): SillageError {
  const { error, run, diagnostics } = (document ?? {}) as {
    readonly error?: Told
    readonly run?: { readonly error?: Told }
    readonly diagnostics?: SillageError['diagnostics']
  }
  const told = error ?? run?.error
  if (told)
    return new SillageError({
      code: ownCode(told.code),
      message: told.message,
      hint: told.hint,
      exit: (exit ?? 70) as SillageError['exit'],
      diagnostics: diagnostics ?? [],
    })
  return new SillageError({
    code: 'child_died',
    message: `The process ended ${signal === null ? `with code ${exit}` : `by ${signal}`}`,
    hint: 'run again: finished steps are reused; if it dies again, run the command yourself: sillage run',
  })
}

interface Told {
  readonly code: string
  readonly message: string
  readonly hint?: string
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString())
  } catch {
    return undefined
  }
}

function lower(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // Not allowed, or gone already: it runs as it is.
  }
}
