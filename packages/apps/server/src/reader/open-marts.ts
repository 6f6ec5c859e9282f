import { mkdirSync, realpathSync } from 'node:fs'
import { SillageError } from '@sillage/base'
import { Database, type Session } from '@sillage/duckdb'
import { versionFailed } from '@sillage/ledger'

interface Opened {
  readonly file: string
  readonly database: Database
  users: number
  asked: number
}

/** Else a `limit` that leaves rows out gathers all that it lets through, before it gives the first. */
const streamLimits = `set global disabled_optimizers = 'late_materialization'`
const mostOpen = 8
const memoryBytes = 256 * 2 ** 20

/** Versions of marts, opened for reading: the one behind a link, for as long as it is there or someone reads it. */
export class OpenMarts {
  readonly #temp: string
  readonly #byFile = new Map<string, Promise<Opened>>()
  readonly #byMart = new Map<string, string>()
  #asked = 0

  constructor(temp: string) {
    this.#temp = temp
  }

  /** A session on the version behind the link. Throws `mart_missing`, `version_held`, `version_unreadable`. */
  async session(mart: string): Promise<{ readonly session: Session } & AsyncDisposable> {
    const file = targetOf(mart)
    this.#byMart.set(mart, file)
    const opening = this.#byFile.get(file) ?? this.#open(file)
    this.#byFile.set(file, opening)
    const opened = await opening
    opened.users += 1
    opened.asked = this.#asked += 1
    let session: Session
    try {
      session = await opened.database.session()
    } catch (error) {
      opened.users -= 1
      throw error
    }
    await this.#closeOld()
    return {
      session,
      [Symbol.asyncDispose]: async () => {
        session[Symbol.dispose]()
        opened.users -= 1
        await this.#closeOld()
      },
    }
  }

  async #open(file: string): Promise<Opened> {
    mkdirSync(this.#temp, { recursive: true })
    try {
      const database = await Database.open({
        path: file,
        readOnly: true,
        memoryBytes,
        threads: 1,
        tempFolder: this.#temp,
      })
      using session = await database.session()
      await session.run(streamLimits)
      return { file, database, users: 0, asked: 0 }
    } catch (cause) {
      this.#byFile.delete(file)
      throw versionFailed(file, cause)
    }
  }

  /** Closes what no link shows any more, and what was not asked for longest. */
  async #closeOld(): Promise<void> {
    const shown = new Set(this.#byMart.values())
    const opened = (await Promise.allSettled(this.#byFile.values())).flatMap((one) =>
      one.status === 'fulfilled' ? [one.value] : [],
    )
    const idle = opened.filter(({ users }) => users === 0)
    const old = idle.filter(({ file }) => !shown.has(file))
    const kept = idle.filter(({ file }) => shown.has(file)).sort((a, b) => a.asked - b.asked)
    const surplus = kept.slice(0, Math.max(0, opened.length - old.length - mostOpen))
    for (const { file, database } of [...old, ...surplus]) {
      this.#byFile.delete(file)
      await database[Symbol.asyncDispose]()
    }
  }
}

function targetOf(mart: string): string {
  try {
    return realpathSync(mart)
  } catch {
    throw new SillageError({
      code: 'mart_missing',
      message: 'This pipeline has published no mart yet',
      hint: 'start a run',
    })
  }
}
