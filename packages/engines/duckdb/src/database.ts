import { mkdirSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { messageOf } from '@sillage/base'
import { holderOf, lockFileOf } from '@sillage/ledger'
import type { DatabaseOptions, Database as DatabasePort } from '@sillage/sql'
import { collectResults } from './collect-results.ts'
import { databaseBusy, databaseDamaged } from './failures.ts'
import { Session } from './session.ts'

/** Open files of this process: DuckDB takes a second open of one file without a lock, and loses data. */
const open = new Set<string>()

/** A DuckDB database with one owner. Close it by `await using`. */
export class Database implements DatabasePort {
  readonly path: string
  readonly #instance: DuckDBInstance
  readonly #key: string
  readonly #sessions = new Set<Session>()
  readonly #lockFile: string | undefined
  /** DuckDB's limit as it was last set; undefined where it is DuckDB's own. */
  #limit: string | undefined
  #isInterrupted = false
  /** The limit that was asked for. */
  #memoryBytes = Number.POSITIVE_INFINITY
  /** Of the process, when it last gave memory back. */
  #leastBytes = 0

  private constructor(path: string, instance: DuckDBInstance, key: string, lockFile: string | undefined) {
    this.path = path
    this.#instance = instance
    this.#key = key
    this.#lockFile = lockFile
  }

  /** Opens or creates. Throws `busy` (exit 75) naming the process that holds the file, `working_database_unreadable` where it is damaged. */
  static async open({
    path,
    memoryBytes,
    threads,
    tempFolder,
    tempBytes,
    readOnly = false,
    command,
  }: DatabaseOptions): Promise<Database> {
    const key =
      path === ':memory:' ? `:memory:${open.size}${Math.trunc(performance.now() * 1e6)}` : realKey(path)
    if (open.has(key)) throw databaseBusy({ path, holder: `this process (pid ${process.pid})` })
    open.add(key)
    let instance: DuckDBInstance | undefined
    const limit = memoryBytes === undefined ? undefined : limitText(memoryBytes)
    try {
      instance = await createInstance(path, {
        autoinstall_known_extensions: 'false',
        // Files here are cached by the system already; what DuckDB keeps of them grows up to its limit.
        enable_external_file_cache: 'false',
        ...(readOnly ? { access_mode: 'READ_ONLY' } : {}),
        ...(limit === undefined ? {} : { memory_limit: limit }),
        ...(threads === undefined ? {} : { threads: String(threads) }),
        ...(tempFolder === undefined ? {} : { temp_directory: tempFolder }),
        ...(tempBytes === undefined
          ? {}
          : { max_temp_directory_size: `${Math.floor(tempBytes / 2 ** 20)}MiB` }),
      })
      const lockFile = path === ':memory:' || readOnly ? undefined : lockFileOf(path)
      if (lockFile)
        writeFileSync(
          lockFile,
          JSON.stringify({
            pid: process.pid,
            command: command ?? 'sillage',
            since: new Date().toISOString(),
          }),
        )
      const database = new Database(path, instance, key, lockFile)
      database.#limit = limit
      database.#memoryBytes = memoryBytes ?? Number.POSITIVE_INFINITY
      using session = await database.session()
      await session.run(`set global timezone = 'UTC'`)
      return database
    } catch (cause) {
      open.delete(key)
      instance?.closeSync()
      if (/Conflicting lock|Could not set lock/i.test(messageOf(cause)))
        throw databaseBusy({ path, holder: holderOf(path, messageOf(cause)), cause })
      throw databaseDamaged({ path, cause })
    }
  }

  async session(): Promise<Session> {
    const session = new Session(await this.#instance.connect(), {
      release: () => this.#releaseMemory(),
      bound: (bytes) => this.#boundMemory(bytes),
    })
    this.#sessions.add(session)
    if (this.#isInterrupted) session.interrupt()
    return session
  }

  /** Lowers DuckDB's limit until disposed of: what it caches beyond that is let go. Where too much is in use the limit stays. */
  async lowerMemory(bytes: number): Promise<AsyncDisposable> {
    const before = await this.#limitNow()
    await this.#setLimit(limitText(bytes)).catch(() => undefined)
    return { [Symbol.asyncDispose]: async () => await this.#setLimit(before) }
  }

  /** Sets a limit and then the right one: DuckDB lets go of all beyond it, in its cache and in its allocator. */
  async #releaseMemory(): Promise<void> {
    // A database in memory has nowhere to put what it lets go.
    if (this.path === ':memory:' || process.memoryUsage.rss() < this.#leastBytes + growthBytes) return
    await collectResults()
    using session = await this.session()
    // Pages go that are in the file. Others would be spilled: written twice, and lost with the folder of what is spilled, so that the database could not be closed in order.
    const { bytes } = await session.row<{ bytes: number }>(
      `select sum(memory_usage_bytes)::bigint as bytes from duckdb_memory() where tag <> 'BASE_TABLE'`,
    )
    const lowered = await this.lowerMemory(bytes + idleBytes)
    await lowered[Symbol.asyncDispose]()
    this.#leastBytes = process.memoryUsage.rss()
  }

  /** Lets each thread of DuckDB take no more than so much beyond what it has now, until disposed of. */
  async #boundMemory(threadBytes: number): Promise<AsyncDisposable> {
    // A database in memory must keep what it writes.
    if (this.path === ':memory:') return { [Symbol.asyncDispose]: async () => {} }
    using session = await this.session()
    const { used, threads } = await session.row<{ used: number; threads: number }>(
      `select sum(memory_usage_bytes)::bigint as used, current_setting('threads')::integer as threads from duckdb_memory()`,
    )
    return await this.lowerMemory(Math.min(used + threads * threadBytes, this.#memoryBytes))
  }

  async #limitNow(): Promise<string> {
    if (this.#limit === undefined) {
      using session = await this.session()
      const { now } = await session.row<{ now: string }>(`select current_setting('memory_limit') as now`)
      this.#limit = now
    }
    return this.#limit
  }

  async #setLimit(limit: string): Promise<void> {
    using session = await this.session()
    await session.run(`set global memory_limit = '${limit}'`)
    this.#limit = limit
  }

  /** Interrupts what runs on any session, now and later: for the way out. */
  interrupt(): void {
    this.#isInterrupted = true
    for (const session of this.#sessions) {
      try {
        session.interrupt()
      } catch {
        this.#sessions.delete(session)
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!open.delete(this.#key)) return
    if (this.#lockFile) rmSync(this.#lockFile, { force: true })
    this.#instance.closeSync()
  }
}

const headerBytes = 3 * 4096

/** Opens a file. One that is shorter than DuckDB's headers holds nothing, since the process that made it ended in that moment: it is made anew, unless it is opened for reading only. */
async function createInstance(path: string, options: Record<string, string>): Promise<DuckDBInstance> {
  try {
    return await DuckDBInstance.create(path, options)
  } catch (error) {
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? headerBytes
    const reads = options.access_mode === 'READ_ONLY'
    if (reads || size >= headerBytes || !/not a valid DuckDB/i.test(messageOf(error))) throw error
    rmSync(path)
    return await DuckDBInstance.create(path, options)
  }
}

/** What the process may grow by before it gives memory back: that costs a round of the collector of JavaScript. */
const growthBytes = 12 * 2 ** 20
/** How much of its pages DuckDB may keep between two pieces of work. */
const idleBytes = 8 * 2 ** 20

function limitText(bytes: number): string {
  return `${Math.floor(bytes / 2 ** 20)}MiB`
}

function realKey(path: string): string {
  mkdirSync(dirname(path), { recursive: true })
  return join(realpathSync(dirname(path)), path.slice(dirname(path).length + 1))
}
