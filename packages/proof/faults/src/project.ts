import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { commandLine } from './command-line.ts'

export type Files = Readonly<Record<string, string | Uint8Array>>

export interface Ended {
  /** null where a signal ended it. */
  readonly exit: number | null
  readonly signal: NodeJS.Signals | null
  readonly out: string
  readonly err: string
  readonly ms: number
}

/** A temporary project on which the command line runs as a process of its own. */
export class Project implements Disposable {
  readonly folder: string
  #inputs: readonly string[] = []

  constructor(files: Files, parent = tmpdir()) {
    this.folder = mkdtempSync(join(parent, 'sillage-faults-'))
    for (const [name, content] of Object.entries(files)) this.write(name, content)
  }

  path(name: string): string {
    return join(this.folder, name)
  }

  write(name: string, content: string | Uint8Array): void {
    mkdirSync(dirname(this.path(name)), { recursive: true })
    writeFileSync(this.path(name), content)
  }

  /** Puts another version of the input in place of the one before. */
  writeInputs(files: Files): void {
    for (const name of this.#inputs) if (!(name in files)) rmSync(this.path(name), { force: true })
    for (const [name, content] of Object.entries(files)) this.write(name, content)
    this.#inputs = Object.keys(files)
  }

  start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Started {
    const child = spawn(process.execPath, [commandLine, ...args], {
      cwd: this.folder,
      env: { ...process.env, NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    return { child, ended: endOf(child) }
  }

  run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
    return this.start(args, env).ended
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

export interface Started {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
}

function endOf(child: ChildProcess): Promise<Ended> {
  const began = performance.now()
  let out = ''
  let err = ''
  child.stdout!.on('data', (part: Buffer) => {
    out += part.toString()
  })
  child.stderr!.on('data', (part: Buffer) => {
    err += part.toString()
  })
  return new Promise((done) =>
    child.on('close', (exit, signal) => done({ exit, signal, out, err, ms: performance.now() - began })),
  )
}
