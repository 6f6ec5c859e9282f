import { faultPoints } from '@sillage/base'
import { Project } from '../project.ts'
import { pick, type Random, randomFrom, whole } from '../random.ts'
import { openFeed } from './feed.ts'
import { leftovers } from './leftovers.ts'
import { openReceiver, type Receiver } from './receiver.ts'
import { leftBy, type Reference, referenceOf, toldBy } from './reference.ts'
import type { Scenario } from './scenario.ts'
import { scenarios } from './scenarios.ts'
import { differenceOf, isSame, martSnapshot } from './snapshot.ts'

export interface KillOptions {
  readonly kills: number
  readonly seed: number
  /** Only this pipeline. */
  readonly scenario?: string | undefined
  /** Visits each named point once, before any random instant. */
  readonly everyPoint: boolean
  readonly say: (text: string) => void
}

export interface KillCounts {
  kills: number
  lost: number
  twice: number
  mixed: number
  newKeys: number
  /** Rows that a receiver took a second time, unchanged, under a new key. */
  acceptedTwice: number
  /** Whatever else is wrong, in words. */
  readonly problems: string[]
  /** Points at which a run died. */
  readonly visited: Set<string>
}

/** Where a run dies: at a named point (its nth visit), or after some milliseconds. */
type Death = { readonly point: string } | { readonly afterMs: number }

/** Kills runs, holds what each leaves to the version before or the one that it worked on, lets the next run finish and holds that to an uninterrupted run. */
export async function killRuns({ kills, seed, scenario, everyPoint, say }: KillOptions): Promise<KillCounts> {
  const random = randomFrom(seed)
  using receiver = await openReceiver()
  using feed = await openFeed()
  const counts: KillCounts = {
    kills: 0,
    lost: 0,
    twice: 0,
    mixed: 0,
    newKeys: 0,
    acceptedTwice: 0,
    problems: [],
    visited: new Set(),
  }
  const chosen = scenarios(receiver.url, feed).filter(
    ({ name }) => scenario === undefined || name === scenario,
  )
  if (chosen.length === 0) throw new Error(`there is no pipeline "${scenario}"`)
  const courses: Course[] = []
  for (const one of chosen) courses.push(await Course.open({ scenario: one, receiver, random, counts, say }))
  try {
    if (everyPoint)
      for (const point of faultPoints)
        for (const course of courses.toReversed())
          for (const fresh of [false, true])
            if (!counts.visited.has(point)) await course.advance({ point }, fresh)
    for (let attempts = 0; counts.kills < kills && attempts < kills * 4; attempts += 1) {
      const course = courses[attempts % courses.length]!
      await course.advance(course.randomDeath())
      if (attempts % 20 === 19) say(`${counts.kills} kills`)
    }
  } finally {
    for (const course of courses) course[Symbol.dispose]()
  }
  counts.newKeys = receiver.broken()
  counts.acceptedTwice = receiver.twice()
  return counts
}

interface CourseFacts {
  readonly scenario: Scenario
  readonly receiver: Receiver
  readonly random: Random
  readonly counts: KillCounts
  readonly say: (text: string) => void
}

/** One pipeline on its way through kills. */
class Course implements Disposable {
  readonly #facts: CourseFacts
  readonly #references: readonly Reference[]
  #project: Project
  /** The version that the mart shows; undefined where there is none yet. */
  #published: number | undefined
  #version = 0

  private constructor(facts: CourseFacts, references: readonly Reference[]) {
    this.#facts = facts
    this.#references = references
    this.#project = new Project(facts.scenario.project)
  }

  static async open(facts: CourseFacts): Promise<Course> {
    const references: Reference[] = []
    for (const version of facts.scenario.versions.keys())
      references.push(await referenceOf(facts.scenario, version, facts.receiver))
    facts.receiver.forget()
    facts.say(`${facts.scenario.name}: ${Math.round(references[0]!.ms)} ms without interruption`)
    return new Course(facts, references)
  }

  randomDeath(): Death {
    const { random, scenario } = this.#facts
    const { inside = [] } = scenario
    if (inside.length > 0 && random() < 0.6)
      return { point: `${pick(random, inside)}@${1 + whole(random, 3)}` }
    if (random() < 0.4) return { point: `${pick(random, faultPoints)}@${1 + whole(random, 3)}` }
    return { afterMs: random() * this.#references[0]!.ms }
  }

  /** Changes the input, kills a run (and now and then the next one too), then lets one finish. */
  async advance(death: Death, fresh = this.#facts.random() < 0.2): Promise<void> {
    const { random, scenario } = this.#facts
    const next = (this.#version + 1) % scenario.versions.length
    if (fresh || (scenario.onlyGrows && next === 0)) this.#startAfresh()
    else this.#version = next
    this.#project.writeInputs(scenario.versions[this.#version]!)
    scenario.show?.(this.#version)
    await this.#killOne(death)
    if (random() < 0.3) await this.#killOne(this.randomDeath())
    await this.#finish()
  }

  #startAfresh(): void {
    this.#project[Symbol.dispose]()
    this.#project = new Project(this.#facts.scenario.project)
    this.#published = undefined
    if (this.#facts.scenario.sendsMessages) this.#facts.receiver.forget()
    this.#version = whole(this.#facts.random, this.#facts.scenario.versions.length)
  }

  async #killOne(death: Death): Promise<void> {
    const { counts, scenario } = this.#facts
    const env = 'point' in death ? { SILLAGE_FAULT: death.point } : {}
    const { child, ended } = this.#project.start(['run', '--output', 'json'], env)
    const timer = 'afterMs' in death ? setTimeout(() => child.kill('SIGKILL'), death.afterMs) : undefined
    const end = await ended
    clearTimeout(timer)
    const how = 'point' in death ? death.point : `after ${Math.round(death.afterMs)} ms`
    if (end.signal === 'SIGKILL') {
      counts.kills += 1
      if ('point' in death) counts.visited.add(death.point.split('@')[0]!)
    } else if (end.exit !== 0) counts.problems.push(`${scenario.name}, to be killed ${how}: ${toldBy(end)}`)
    await this.#holdMart(how)
  }

  /** A reader must find the version of before or the new one, whole. */
  async #holdMart(how: string): Promise<void> {
    const { counts, scenario } = this.#facts
    const said = `${scenario.name}, killed ${how}`
    try {
      const found = await martSnapshot(this.#project.path(`marts/${scenario.name}.duckdb`))
      if (found === undefined) {
        if (this.#published !== undefined) throw new Error('the mart is gone')
        return
      }
      if (isSame(found, this.#references[this.#version]!.mart)) this.#published = this.#version
      else if (this.#published === undefined || !isSame(found, this.#references[this.#published]!.mart))
        throw new Error('the mart is neither that of before nor the new one')
    } catch (error) {
      counts.mixed += 1
      counts.problems.push(`${said}: ${(error as Error).message}`)
    }
  }

  async #finish(): Promise<void> {
    const { counts, scenario } = this.#facts
    const reference = this.#references[this.#version]!
    const ended = await this.#project.run(['run', '--output', 'json'])
    if (ended.exit !== 0) {
      counts.problems.push(`${scenario.name}, the run after: ${toldBy(ended)}`)
      this.#startAfresh()
      return
    }
    const left = await leftBy(this.#project, scenario)
    this.#published = this.#version
    for (const part of ['mart', 'work', 'files'] as const) {
      const { lost, twice, where } = differenceOf(reference[part], left[part])
      counts.lost += lost
      counts.twice += twice
      if (where.length > 0)
        counts.problems.push(`${scenario.name}, version ${this.#version}: ${where.join(', ')} differ`)
    }
    this.#holdReceiver(reference.receiver)
    for (const left of leftovers(this.#project.folder))
      counts.problems.push(`${scenario.name}: ${left} is left over`)
  }

  /** Who gets the messages must hold what they hold after a run that was not interrupted. */
  #holdReceiver(expected: Reference['receiver']): void {
    const { counts, scenario, receiver } = this.#facts
    if (!scenario.sendsMessages) return
    const missing = [...expected].filter(([key, content]) => receiver.rows.get(key) !== content)
    const extra = [...receiver.rows.keys()].filter((key) => !expected.has(key))
    counts.lost += missing.length
    if (missing.length + extra.length > 0)
      counts.problems.push(
        `${scenario.name}, version ${this.#version}: the receiver lacks ${missing.length} rows and has ${extra.length} too many`,
      )
  }

  [Symbol.dispose](): void {
    this.#project[Symbol.dispose]()
  }
}
