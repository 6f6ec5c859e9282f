import { fileURLToPath } from 'node:url'

const bin = fileURLToPath(new URL('../../bin/sillage.mjs', import.meta.url))
const built = new URL('../../dist/main.js', import.meta.url).href

/** How a command ended. */
export interface Told {
  readonly exit: number
  readonly out: string
  readonly err: string
}

/** Where a command runs. */
export interface Place {
  /** Its working directory. */
  readonly folder: string
  /** Variables beside those of this process. */
  readonly env: Readonly<Record<string, string>>
}

/** A process has one working directory, one environment and one standard output: a command waits for those before it. */
let last: Promise<unknown> = Promise.resolve()

/**
 * Runs the built command line within this process as `bin/sillage.mjs` does: the same file, the same words, the same exit code. What is a
 * process's own it does not show: that it ends by itself, signals, what is read as it starts, what others write to its standard output.
 */
export function runInProcess(args: readonly string[], place: Place): Promise<Told> {
  const told = last.then(() => run([process.execPath, bin, ...args], place))
  last = told.catch(() => undefined)
  return told
}

async function run(argv: string[], { folder, env }: Place): Promise<Told> {
  using out = listenTo(process.stdout)
  using err = listenTo(process.stderr)
  using _ = standIn(argv, { folder, env })
  const { main } = (await import(built)) as { main: (argv: readonly string[]) => Promise<void> }
  await main(argv)
  return { exit: Number(process.exitCode ?? 0), out: out.text(), err: err.text() }
}

/** Makes this process look like one that was started for a command, until disposed of. */
function standIn(argv: string[], { folder, env }: Place): Disposable {
  const before = {
    folder: process.cwd(),
    env: { ...process.env },
    argv: process.argv,
    exitCode: process.exitCode,
    atExit: process.listeners('beforeExit'),
  }
  process.chdir(folder)
  Object.assign(process.env, { NO_COLOR: '1' }, env)
  process.argv = argv
  process.exitCode = undefined
  return {
    [Symbol.dispose]: () => {
      process.chdir(before.folder)
      for (const name of Object.keys(process.env)) if (!(name in before.env)) delete process.env[name]
      Object.assign(process.env, before.env)
      process.argv = before.argv
      process.exitCode = before.exitCode
      for (const listener of process.listeners('beforeExit'))
        if (!before.atExit.includes(listener)) process.off('beforeExit', listener)
    },
  }
}

/** Keeps what is written to a stream from it, until disposed of. */
function listenTo(stream: NodeJS.WriteStream): Disposable & { readonly text: () => string } {
  const parts: Buffer[] = []
  const { write } = stream
  const onError = stream.listeners('error')
  stream.write = ((chunk: string | Uint8Array, ...rest: readonly unknown[]) => {
    parts.push(Buffer.from(chunk as string))
    const done = rest.find((one) => typeof one === 'function') as (() => void) | undefined
    if (done) queueMicrotask(done)
    return true
  }) as typeof write
  return {
    text: () => Buffer.concat(parts).toString(),
    [Symbol.dispose]: () => {
      stream.write = write
      for (const listener of stream.listeners('error'))
        if (!onError.includes(listener)) stream.off('error', listener as () => void)
    },
  }
}
