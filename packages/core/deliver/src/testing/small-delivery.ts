import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Database } from '@sillage/duckdb'
import { placesOf } from '@sillage/pipeline'
import type { DeliveryMode, Receipt, SinkPlugin } from '@sillage/sdk'
import type { JsonRow, Session } from '@sillage/sql'
import { openState } from '@sillage/state'
import type { SendingFile, SendingPort } from '../deliver-port.ts'

export interface Told {
  readonly rows: readonly Readonly<Record<string, unknown>>[]
  readonly removed: readonly Readonly<Record<string, unknown>>[]
  readonly body: string
  readonly id: string
}

const sinks = new Map<string, SinkPlugin>()
Object.assign(globalThis, { sillageSmallSinks: sinks })

/** The payload of a pair of numbers and texts: `id, tier`. */
export const pairs = (...rows: readonly (readonly [number | null, string])[]): string =>
  rows.length === 0
    ? `select 0 as id, '' as tier where false`
    : `select * from (values ${rows.map(([id, tier]) => `(${id}::integer, '${tier}')`)}) t(id, tier)`

/** A stage that delivers into a receiver of the test, or to files, run after run, on a working database in memory. */
export class SmallDelivery {
  readonly folder = mkdtempSync(join(tmpdir(), 'sillage-delivery-'))
  readonly database: Database
  readonly session: Session
  readonly told: Told[] = []
  readonly notes: string[] = []
  readonly rejects: unknown[] = []
  readonly closed: string[] = []
  /** What the receiver answers; it may throw. */
  answer: (told: Told) => Partial<Receipt> = () => ({})
  /** What of the sink is other than usual. */
  sink: Partial<SinkPlugin> = {}
  runs = 0

  private constructor(database: Database, session: Session) {
    this.database = database
    this.session = session
  }

  static async open(): Promise<SmallDelivery> {
    const database = await Database.open({ path: ':memory:', threads: 1 })
    const session = await database.session()
    await session.run('create schema reject')
    return new SmallDelivery(database, session)
  }

  /** The stage `crm`, with these rows. */
  step(
    payload: string,
    { mode = 'upsert', ...more }: Partial<SendingFile> & { readonly mode?: DeliveryMode } = {},
  ): SendingFile {
    const plugin = {
      style: 'sink',
      name: 'activate/tell',
      size: () => 2,
      write: async ({ rows, removed, body, idempotencyKey: id }) => {
        const told = { rows, removed, body, id }
        const receipt = { destination: 'https://crm.example/in', ...this.answer(told) }
        this.told.push(told)
        return receipt
      },
      close: () => void this.closed.push('closed'),
      ...this.sink,
    } as SinkPlugin
    const id = String(sinks.size)
    sinks.set(id, plugin)
    return {
      stage: 'crm',
      plugin: 'activate/tell',
      module: `data:text/javascript,export default globalThis.sillageSmallSinks.get('${id}')`,
      config: {},
      connection: undefined,
      columns: [
        { name: 'id', type: 'INTEGER' },
        { name: 'tier', type: 'VARCHAR' },
      ],
      payload,
      delivery: {
        mode,
        key: ['id'],
        destination: 'https://crm.example/in?token=x',
        maxRemoved: 0.5,
        shared: false,
      },
      files: [],
      fingerprint: 'f1',
      ...more,
    } as SendingFile
  }

  /** A run of its own, a minute after the one before. */
  port(
    rules: Partial<SendingPort['rules']> = {},
    signal: SendingPort['run']['signal'] = new AbortController().signal,
  ): SendingPort {
    this.runs += 1
    const at = new Date(Date.UTC(2026, 0, 1, 0, this.runs))
    return {
      plan: {
        pipeline: 'p',
        project: this.folder,
        file: join(this.folder, 'pipeline.yaml'),
        asOf: undefined,
        places: placesOf(this.folder),
      },
      run: {
        id: `20260101T00${String(this.runs).padStart(2, '0')}00-0000`,
        command: 'sillage run',
        signal,
        now: () => at,
      },
      rules: { notSent: undefined, allowRemovals: [], fullRefresh: false, ...rules },
      session: this.session,
      openDatabase: (options) => Database.open(options),
      state: openState(join(this.folder, 'state')),
      secret: (name) => `secret-${name}`,
      note: (stage, text) => void this.notes.push(`${stage}: ${text}`),
      recordRejects: async (one) => void this.rejects.push(one),
    }
  }

  async rows(statement: string): Promise<readonly JsonRow[]> {
    return await this.session.rows(statement)
  }

  /** Ids that were told so far, with their texts. */
  get pairs(): readonly string[] {
    return this.told.flatMap(({ rows }) => rows.map(({ id, tier }) => `${id} ${tier}`))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.session[Symbol.dispose]()
    await this.database[Symbol.asyncDispose]()
    rmSync(this.folder, { recursive: true, force: true })
  }
}
