import { parseRef } from './graph.ts'
import type { Pipeline, PipelineMart } from './pipeline.ts'
import type { MartText } from './pipeline-text.ts'
import type { ReadFacts } from './read-facts.ts'
import type { SettledText } from './settle-text.ts'

/** A pipeline without stages yet. */
export function pipelineOf(
  { text, params, days: { asOf, source, calendar } }: Omit<SettledText, 'raw' | 'diagnostics'>,
  { file, project }: Pick<ReadFacts, 'file' | 'project'>,
): Pipeline {
  const memory = text.memory ?? project.memory
  return {
    name: text.pipeline,
    file,
    project: project.folder,
    places: project.places,
    sending: project.sending ?? [],
    ...(text.description === undefined ? {} : { description: text.description }),
    ...(asOf === undefined ? {} : { asOf }),
    asOfSource: source,
    timeZone: calendar.zone,
    params,
    dateParams: Object.entries(text.params ?? {}).flatMap(([name, { type }]) =>
      type === 'date' ? [name] : [],
    ),
    stages: [],
    marts: [],
    ...(memory === undefined ? {} : { memory }),
    keep: text.keep ?? project.keep ?? 3,
    sections: {},
    tags: text.tags ?? [],
  }
}

/** A mart whose shape is right. */
export function readMart([name, { from, key = [], columns = {}, description }]: readonly [
  string,
  MartText,
]): PipelineMart {
  return { name, from: parseRef(from), key, columns, ...(description === undefined ? {} : { description }) }
}
