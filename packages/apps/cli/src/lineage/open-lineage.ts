import { relative, resolve } from 'node:path'
import { messageOf, SillageError } from '@sillage/base'
import type { JournalLine } from '@sillage/journal'
import type { Lineage, LineageEvent } from '@sillage/openlineage'
import { type LineageText, lineageOf } from '@sillage/openlineage/keys'
import type { Project } from '@sillage/pipeline'
import type { Pipeline, Plan } from '@sillage/plan'
import { note } from '../output.ts'
import { martPathOf } from '../paths.ts'
import { namedColumns } from '../planning.ts'
import { readSecret } from '../secrets.ts'
import { noteLost } from './lost-events.ts'
import { fileTarget, httpTarget, type Target } from './targets.ts'

/** Tells the lineage of a run as it goes on. Never throws, and never makes a run wait. */
export interface LineageTeller {
  readonly tell: (line: JournalLine) => void
  /** Tells the end of a run that was killed, from its journal. */
  readonly repaired: (lines: readonly JournalLine[]) => void
  readonly end: () => Promise<void>
}

const producer = 'urn:sillage:0.1.0'

/** What sillage.yaml wants told; undefined where it wants nothing. Throws `secret_missing`, `lineage_invalid` before anything runs. */
export async function openLineage({
  project,
  pipeline,
  plan,
}: {
  readonly project: Project
  readonly pipeline: Pipeline
  readonly plan: Plan
}): Promise<LineageTeller | undefined> {
  const options = lineageOf(project)?.openlineage
  if (options === undefined) return undefined
  const targets = targetsOf(project, options)
  const { Lineage } = await import('@sillage/openlineage')
  const facts = {
    plan,
    stages: pipeline.stages,
    expressions: await namedColumns(pipeline),
    namespace: options.namespace ?? 'sillage',
    producer,
    mart: martPathOf(plan.places, plan.pipeline),
  }
  const lineage = new Lineage(facts)
  const give = (events: readonly LineageEvent[]): void => {
    for (const event of events) for (const target of targets) target.take(event)
  }
  let run: string | undefined
  return {
    tell: (line) => {
      if (line.event === 'run_started') run = line.run
      give(translated(lineage, line))
    },
    repaired: (lines) => {
      const killed = new Lineage(facts)
      give(lines.map((line) => translated(killed, line)).at(-1) ?? [])
    },
    end: async () => {
      for (const target of targets) {
        const lost = await target.end()
        if (lost && run !== undefined) noteLost(plan.places, plan.pipeline, { ...lost, run })
      }
    },
  }
}

/** A run is not stopped by what is told of it. */
function translated(lineage: Lineage, line: JournalLine): readonly LineageEvent[] {
  try {
    return lineage.translate(line)
  } catch (error) {
    note(`lineage: an event was not made: ${messageOf(error)}`)
    return []
  }
}

/** The file first: what a receiver does not take stands there. */
function targetsOf(
  project: Project,
  { file, url, headers = {} }: LineageText['openlineage'],
): readonly Target[] {
  const withSecrets = (text: string): string =>
    text.replaceAll(/\$\{secret:([^}]*)\}/g, (_, name: string) => readSecret(name, project))
  const targets: Target[] = []
  if (file !== undefined) {
    const path = resolve(project.folder, file)
    targets.push(fileTarget(path, relative(process.cwd(), path), note))
  }
  if (url !== undefined) {
    const address = withSecrets(url)
    if (!/^https?:/.test(address) || !URL.canParse(address)) throw addressInvalid()
    const own = Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, withSecrets(text)]))
    targets.push(httpTarget({ url: address, headers: own }, note))
  }
  return targets
}

function addressInvalid(): SillageError {
  return new SillageError({
    code: 'lineage_invalid',
    message: 'lineage.openlineage.url is no address',
    hint: 'write it as https://…, or as ${secret:name} with such a secret',
  })
}
