import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runInProcess } from './in-process.ts'

const bin = fileURLToPath(new URL('../../bin/sillage.mjs', import.meta.url))

export interface Ended {
  readonly exit: number
  readonly out: string
  readonly err: string
  /** stdout as JSON. */
  readonly json: () => never
}

/** A temporary project on which the real command line runs. */
export class TestProject implements Disposable {
  readonly folder: string

  constructor(files: Readonly<Record<string, string | Uint8Array>> = {}, parent = tmpdir()) {
    this.folder = mkdtempSync(join(parent, 'sillage-cli-'))
    for (const [name, content] of Object.entries(files)) this.write(name, content)
  }

  write(name: string, content: string | Uint8Array): void {
    mkdirSync(dirname(join(this.folder, name)), { recursive: true })
    writeFileSync(join(this.folder, name), content)
  }

  /** What the files in a folder hold, bytes as they are. */
  files(folder: string): readonly string[] {
    return readdirSync(join(this.folder, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
  }

  /** Runs a command within this process, one after the other; in one of its own where a fault is to kill it. */
  async run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
    if ('SILLAGE_FAULT' in env) return await this.spawn(args, env)
    const told = await runInProcess(args, { folder: this.folder, env })
    return { ...told, json: () => JSON.parse(told.out) as never }
  }

  /** Runs a command in a process of its own, for what only a process shows: that it ends or dies, and what else may reach its standard output. */
  spawn(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
    return new Promise((done) => {
      execFile(
        process.execPath,
        [bin, ...args],
        { cwd: this.folder, env: { ...process.env, NO_COLOR: '1', ...env }, maxBuffer: 2 ** 26 },
        (error, out, err) => {
          const exit = error ? (typeof error.code === 'number' ? error.code : -1) : 0
          done({ exit, out, err, json: () => JSON.parse(out) as never })
        },
      )
    })
  }

  /** Starts a command in a process of its own. */
  start(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
    return spawn(process.execPath, [bin, ...args], {
      cwd: this.folder,
      env: { ...process.env, NO_COLOR: '1', ...env },
    })
  }

  /** How a started process ended; `exit` is -1 after a signal that killed it. */
  ended(child: ChildProcess): Promise<Ended> {
    const out: Buffer[] = []
    const err: Buffer[] = []
    child.stdout!.on('data', (part: Buffer) => out.push(part))
    child.stderr!.on('data', (part: Buffer) => err.push(part))
    return new Promise((done) =>
      child.on('close', (code) => {
        const text = Buffer.concat(out).toString()
        done({
          exit: code ?? -1,
          out: text,
          err: Buffer.concat(err).toString(),
          json: () => JSON.parse(text) as never,
        })
      }),
    )
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }
}

/** Where the real data sets are, or undefined: tests that need them then say so. */
export function dataFolder(): string {
  return process.env.SILLAGE_DATA ?? fileURLToPath(new URL('../../../../../../shared/data', import.meta.url))
}
