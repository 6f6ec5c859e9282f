import { appendFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Database } from '@sillage/duckdb'
import { placeReceived } from '@sillage/inbox/testing/received'
import { inboxFolder, martPath, runPaths, type StepCounts } from '@sillage/ledger'
import { type KnownPlugin, type Pipeline, placesOf } from '@sillage/pipeline'
import { type Plan, relationOf, relationSql, type Suppression } from '@sillage/plan'
import type { RunOptions, RunResult } from '@sillage/run'
import { type JsonRow, type Session, sql } from '@sillage/sql'
import { forgottenHash } from '@sillage/state'
import type { Engine } from '@sillage/steps'
import { allPlugins } from '../all-plugins.ts'
import { batchesPlugin } from '../batches-plugin.ts'
import { cardsPlugin } from '../cards-plugin.ts'
import { componentsPlugin } from '../components-plugin.ts'
import { asRead, lookInto, type Planned, planProject, runProject } from '../project.ts'
import { byText } from '../run-example.ts'
import { statementPlugin } from '../statement-plugin.ts'

/** Every plugin of this repository, and the test kit's own. */
export function knownPlugins(): ReadonlyMap<string, KnownPlugin> {
  const own = [statementPlugin, batchesPlugin, cardsPlugin, componentsPlugin]
  return new Map([...allPlugins(), ...own.map((plugin) => [plugin.name, plugin] as const)])
}

/** What a run left, but for which run it was: rows in the order of their text. */
export interface Left {
  readonly counts: Readonly<Record<string, StepCounts>>
  readonly rows: Readonly<Record<string, readonly JsonRow[]>>
  readonly refused: Readonly<Record<string, readonly JsonRow[]>>
  readonly reasons: readonly object[]
}

/** A pipeline in a folder of its own, whose steps an engine computes. */
export class EngineProject implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'sillage-engine-'))
  readonly #engine: Engine
  readonly #forgotten: Suppression[] = []

  constructor(engine: Engine, files: Readonly<Record<string, string>>) {
    this.#engine = engine
    for (const [name, content] of Object.entries(files)) this.write(name, content)
  }

  write(name: string, content: string): void {
    mkdirSync(dirname(join(this.folder, name)), { recursive: true })
    writeFileSync(join(this.folder, name), content)
  }

  append(name: string, content: string): void {
    appendFileSync(join(this.folder, name), content)
  }

  /** What a form received so far, in lines of JSON. */
  receive(form: string, lines: string): void {
    placeReceived(inboxFolder(placesOf(this.folder)), { form, lines })
  }

  /** Someone asks to be forgotten who is known by the value of a column. */
  async forget(key: Suppression['keys'][number], value: string): Promise<void> {
    const { places } = await this.plan()
    this.#forgotten.push({ hash: forgottenHash(places.suppressions, value), keys: [key] })
  }

  async run(options: Partial<RunOptions> = {}): Promise<RunResult['run']> {
    const project = { folder: this.folder, registry: knownPlugins(), engine: this.#engine }
    return await runProject(project, await this.plan(), options)
  }

  /** Runs the steps in a store of their own over the rows that the last run read, then `ending`. */
  async backfill(ending: NonNullable<RunOptions['ending']>): Promise<RunResult['run']> {
    const project = { folder: this.folder, registry: knownPlugins(), engine: this.#engine }
    const plan = await this.plan()
    const known = await this.#engine.peek(runPaths(plan))
    return await runProject(project, asRead(plan, known!), { ending })
  }

  /** Throws where the pipeline does not compile. */
  async plan(asOf?: string): Promise<Plan> {
    const { plan, diagnostics } = await this.#planned(asOf)
    if (!plan) throw new Error(diagnostics.join('\n'))
    return plan
  }

  async pipeline(): Promise<Pipeline> {
    return (await this.#planned()).pipeline!
  }

  async #planned(asOf?: string): Promise<Planned> {
    return await planProject({ folder: this.folder, registry: knownPlugins() }, this.#forgotten, asOf)
  }

  async left(): Promise<Left> {
    const plan = await this.plan()
    const project = { folder: this.folder, registry: knownPlugins(), engine: this.#engine }
    return await lookInto(project, plan, async ({ session, ledger }) => {
      const { steps } = await ledger.known()
      const rows: Record<string, readonly JsonRow[]> = {}
      const refused: Record<string, readonly JsonRow[]> = {}
      for (const { stage, kind } of plan.steps) {
        if (!(await isShown(session, { schema: kind, view: stage }))) continue
        rows[stage] = byText(await session.rows(`from ${relationSql(relationOf(kind, stage)).text}`))
        if (await isShown(session, { schema: 'reject', view: stage }))
          refused[stage] = byText(
            await session.rows(`select * exclude (run, "at") from ${sql.id('reject', stage).text}`),
          )
      }
      const counts = [...steps].map(([stage, { rows_in, rows_out, rejected, merged, filtered }]) => [
        stage,
        { rows_in, rows_out, rejected, merged, filtered },
      ])
      return {
        counts: Object.fromEntries(counts.sort()),
        rows,
        refused,
        reasons: byText(await ledger.rejects()),
      }
    })
  }

  /** The tables of the mart as a reader finds them; undefined where there is none. */
  async mart(pipeline: string): Promise<Readonly<Record<string, readonly JsonRow[]>> | undefined> {
    const link = martPath(join(this.folder, 'marts'), pipeline)
    const path = (() => {
      try {
        return realpathSync(link)
      } catch {
        return undefined
      }
    })()
    if (path === undefined) return undefined
    await using database = await Database.open({ path, readOnly: true, threads: 1 })
    using session = await database.session()
    const tables = await session.rows<{ name: string }>(
      `select table_name as name from duckdb_tables() where schema_name = 'main' order by 1`,
    )
    const shown: Record<string, readonly JsonRow[]> = {}
    for (const { name } of tables) shown[name] = byText(await session.rows(`from ${sql.id(name).text}`))
    return shown
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

async function isShown(
  session: Session,
  { schema, view }: { readonly schema: string; readonly view: string },
): Promise<boolean> {
  const found = await session.rows(
    sql`select 1 from duckdb_views() where schema_name = ${schema} and view_name = ${view}`.text,
  )
  return found.length > 0
}
