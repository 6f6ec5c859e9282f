import { readFileSync } from 'node:fs'
import { type Diagnostic, diagnostic, hasErrors, SillageError, sortDiagnostics } from '@sillage/base'
import { checkShape } from './check-shape.ts'
import { checkText } from './check-text.ts'
import type { ReadConnection } from './connections.ts'
import { deepFreeze } from './deep-freeze.ts'
import { checkEdge, type Edge, parseRef } from './graph.ts'
import type { Pipeline, PipelineStage } from './pipeline.ts'
import { pipelineOf, readMart } from './pipeline-of.ts'
import { pipelineSections } from './pipeline-sections.ts'
import { isMap, isPipelineText, martTexts, type PipelineText } from './pipeline-text.ts'
import type { ReadFacts } from './read-facts.ts'
import { type ReadStages, readStages } from './read-stages.ts'
import { noSections } from './sections.ts'
import { type SettledText, settleText } from './settle-text.ts'
import { soundPart } from './sound-part.ts'
import { type Locator, parseYaml } from './yaml-source.ts'

/** A pipeline, or undefined where a diagnostic is an error; with the places of its text for later phases. */
export interface ReadPipeline {
  readonly pipeline: Pipeline | undefined
  /** Where it is undefined: the part that can be compiled all the same, for what is wrong in it. */
  readonly part?: Pipeline
  readonly diagnostics: readonly Diagnostic[]
  readonly locate: Locator
  /** The connections that hold here; those that only the project declares and no stage names are left out. */
  readonly connections?: readonly ReadConnection[]
}

/** Reads a pipeline file: all errors of the text, the shape, the plugins' configurations and the graph at once. */
export async function readPipeline(facts: ReadFacts): Promise<ReadPipeline> {
  const { value, diagnostics, locate } = parseYaml(readText(facts.file), facts.file)
  const { sections = noSections } = facts
  if (diagnostics.length > 0) return unread(diagnostics, locate)
  if (value === null || value === undefined) return unread([fileEmpty(locate)], locate)
  const shape = checkShape({ value, validate: await sections.validator('pipeline'), base: [], locate })
  if (!isPipelineText(value)) return unread(shape, locate)
  const settled = settleText(value, { facts, locate })
  const around = { sections: sections.all, isShaped: !hasErrors(shape), locate }
  const ofText = await checkText(settled.text, around)
  const stages = await readStages(settled, { facts, locate })
  const found = [
    ...shape,
    ...settled.diagnostics,
    ...ofText,
    ...stages.diagnostics,
    ...checkMarts(settled.text, stages, locate),
  ]
  return hasErrors(found)
    ? partOf({ settled, stages, found, facts, locate })
    : wholeOf({ settled, stages, found, facts, locate })
}

interface Read {
  readonly settled: SettledText
  readonly stages: ReadStages
  readonly found: readonly Diagnostic[]
  readonly facts: ReadFacts
  readonly locate: Locator
}

function wholeOf({ settled, stages, found, facts, locate }: Read): ReadPipeline {
  const byName = new Map(stages.stages.map((stage) => [stage.name, stage]))
  const pipeline: Pipeline = {
    ...pipelineOf(settled, facts),
    stages: stages.order.map((name) => byName.get(name)!),
    marts: martTexts(settled.text).map(readMart),
    sections: pipelineSections(settled.text, (facts.sections ?? noSections).all),
  }
  return {
    pipeline: deepFreeze(pipeline),
    diagnostics: sortDiagnostics(found),
    locate,
    connections: [...stages.connections.values()],
  }
}

/** What of a file with errors can be compiled all the same. */
function partOf({ settled, stages, found, facts, locate }: Read): ReadPipeline {
  const { text } = settled
  const part = soundPart({
    keys: Object.keys(text),
    names: Object.keys(text.stages),
    stages: stages.stages.filter((stage) => hasConnection(stage, text)),
    marts: martTexts(text)
      .filter(([, mart]) => typeof mart.from === 'string')
      .map(readMart),
    errors: found.filter(({ severity, file }) => severity === 'error' && file === facts.file),
    locate,
  })
  const broken = { ...unread(found, locate), connections: [...stages.connections.values()] }
  return part === undefined || typeof text.pipeline !== 'string'
    ? broken
    : { ...broken, part: deepFreeze({ ...pipelineOf(settled, facts), ...part }) }
}

function unread(diagnostics: readonly Diagnostic[], locate: Locator): ReadPipeline {
  return { pipeline: undefined, diagnostics: sortDiagnostics(diagnostics), locate }
}

/** False of a stage whose connection is declared wrongly, in whatever file: nothing can be said of the stage. */
function hasConnection(
  { name, connection }: PipelineStage,
  { stages }: Pick<PipelineText, 'stages'>,
): boolean {
  return stages[name]!.connection === undefined || connection !== undefined
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const what =
      code === 'ENOENT' ? 'does not exist' : code === 'EISDIR' ? 'is a folder' : `cannot be read (${code})`
    throw new SillageError({
      code: 'file_unreadable',
      message: `${file} ${what}`,
      hint:
        code === 'EISDIR'
          ? 'name the pipeline.yaml in it'
          : 'check the path; `sillage init` makes a new project',
      cause,
    })
  }
}

function fileEmpty(locate: Locator): Diagnostic {
  return diagnostic({
    code: 'pipeline_empty',
    message: 'The file is empty',
    span: locate.value([]),
    hint: 'start with: pipeline: <name>; `sillage init` writes one that runs',
  })
}

/** What is wrong with what marts read. */
function checkMarts(text: PipelineText, { nodes }: ReadStages, locate: Locator): readonly Diagnostic[] {
  const byName = new Map(nodes.map((node) => [node.name, node]))
  return martEdges(text).flatMap((edge) => checkEdge(edge, byName, locate))
}

function martEdges(text: PipelineText): readonly Edge[] {
  if (!isMap(text.marts)) return []
  return Object.entries(text.marts).flatMap(([name, mart]) =>
    typeof mart?.from === 'string' ? [{ ref: parseRef(mart.from), path: ['marts', name, 'from'] }] : [],
  )
}
