import { readFileSync } from 'node:fs'
import { type Ended, Project } from '../project.ts'
import type { Receiver } from './receiver.ts'
import type { Scenario } from './scenario.ts'
import { martSnapshot, type Snapshot, workSnapshot } from './snapshot.ts'

/** What an uninterrupted run of one version of the input leaves. */
export interface Reference {
  readonly mart: Snapshot
  readonly work: Snapshot
  readonly files: ReadonlyMap<string, string>
  /** What the receiver of its messages holds then. */
  readonly receiver: ReadonlyMap<string, string>
  readonly ms: number
}

export async function referenceOf(
  scenario: Scenario,
  version: number,
  receiver: Receiver,
): Promise<Reference> {
  using project = new Project(scenario.project)
  project.writeInputs(scenario.versions[version]!)
  scenario.show?.(version)
  receiver.forget()
  const ended = await project.run(['run', '--output', 'json'])
  if (ended.exit !== 0) throw new Error(`${scenario.name} does not run at all: ${toldBy(ended)}`)
  return {
    ...(await leftBy(project, scenario)),
    receiver: new Map(receiver.rows),
    ms: ended.ms,
  }
}

/** What a finished run left in a project. */
export async function leftBy(
  project: Project,
  { name, delivers }: Scenario,
): Promise<Pick<Reference, 'mart' | 'work' | 'files'>> {
  return {
    mart: (await martSnapshot(project.path(`marts/${name}.duckdb`)))!,
    work: await workSnapshot(project.path(`.sillage/${name}/work.duckdb`)),
    files: new Map(delivers.map((file) => [`file ${file}`, readFileSync(project.path(file), 'latin1')])),
  }
}

export function toldBy({ exit, signal, out, err }: Ended): string {
  return `exit ${exit ?? signal}: ${(err + out).replaceAll(/\s+/g, ' ').slice(0, 600)}`
}
