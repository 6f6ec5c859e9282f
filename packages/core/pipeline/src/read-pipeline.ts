import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import {
  type Diagnostic,
  diagnostic,
  didYouMean,
  hasErrors,
  isIsoDate,
  isTimeZone,
  SillageError,
  sortDiagnostics,
} from '@sillage/base'
import { checkSecretPlaces } from './check-secret-places.ts'
import { checkShape } from './check-shape.ts'
import type { ConnectionTypes } from './connection-shape.ts'
import { declaredConnections, type ReadConnection, readConnection, strongestOf } from './connections.ts'
import { isDayWord } from './day-word.ts'
import { checkEdge, type Edge, type GraphNode, orderStages, parseRef } from './graph.ts'
import { interpolate } from './interpolate.ts'
import { isParamType, readParams } from './params.ts'
import type { BrokenPlugin, KnownPlugin, Pipeline, PipelineMart, PipelineStage } from './pipeline.ts'
import { namePattern } from './pipeline-schema.ts'
import { checkPipelineSections, pipelineSections } from './pipeline-sections.ts'
import type { Project } from './project.ts'
import { readStage, type StageText, stageEdges } from './read-stage.ts'
import { type Registry, validatorOf } from './registry.ts'
import { type Days, resolveDays } from './resolve-days.ts'
import { noSections, type Sections } from './sections.ts'
import { soundPart } from './sound-part.ts'
import { type Locator, parseYaml, type YamlPath } from './yaml-source.ts'

export interface ReadFacts {
  /** Absolute path. */
  readonly file: string
  readonly project: Project
  readonly registry: Registry
  /** What apps add to the file; keys of others are unknown. */
  readonly sections?: Sections
  /** The definitions of connections; none unless said. */
  readonly connectionTypes?: ConnectionTypes
  /** Files of plugins that are not in the registry, since they are broken. */
  readonly broken?: readonly BrokenPlugin[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** Values of `--param`, as text. */
  readonly params: Readonly<Record<string, string>>
  /** The day that wins over what the file says of `as_of`: an ISO date, `today` or `yesterday`. */
  readonly asOf?: string | undefined
  /** When the run starts, for `today` and `yesterday`. Left out where nothing is run: these words then stand for a fixed day. */
  readonly now?: Date | undefined
}

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

interface PipelineText extends Readonly<Record<string, unknown>> {
  readonly pipeline: string
  readonly description?: string
  readonly params?: Parameters<typeof readParams>[0]['declared']
  readonly as_of?: string
  readonly connections?: Readonly<Record<string, unknown>>
  readonly stages: Readonly<Record<string, StageText>>
  readonly marts?: Readonly<
    Record<
      string,
      Omit<PipelineMart, 'name' | 'from' | 'key' | 'columns'> & {
        readonly from: string
        readonly key?: readonly string[]
        readonly columns?: PipelineMart['columns']
      }
    >
  >
  readonly memory?: string
  readonly keep?: number
  readonly time_zone?: string
  readonly tags?: readonly string[]
}

/** Reads a pipeline file: all errors of the text, the shape, the plugins' configurations and the graph at once. */
export async function readPipeline(facts: ReadFacts): Promise<ReadPipeline> {
  const source = parseYaml(readText(facts.file), facts.file)
  const { locate } = source
  const { sections = noSections } = facts
  const failed = (diagnostics: readonly Diagnostic[]): ReadPipeline => ({
    pipeline: undefined,
    diagnostics: sortDiagnostics(diagnostics),
    locate,
  })
  if (source.diagnostics.length > 0) return failed(source.diagnostics)
  if (source.value === null || source.value === undefined)
    return failed([
      diagnostic({
        code: 'pipeline_empty',
        message: 'The file is empty',
        span: locate.value([]),
        hint: 'start with: pipeline: <name>; `sillage init` writes one that runs',
      }),
    ])

  const shapeFindings = checkShape({
    value: source.value,
    validate: await sections.validator('pipeline'),
    base: [],
    locate,
  })
  const raw = source.value as PipelineText
  if (typeof raw !== 'object' || Array.isArray(raw) || typeof raw.stages !== 'object' || raw.stages === null)
    return failed(shapeFindings)
  const declared = isMap(raw.params) ? raw.params : {}
  const days = resolveDays({
    ...facts,
    sections: sections.all,
    text: raw,
    declared: wellFormed(declared),
    given: facts.params,
    locate,
  })
  const given = readParams({
    declared: wellFormed(declared),
    given: days.given,
    locate,
    calendar: days.calendar,
  })
  const replaced = interpolate(source.value, { env: facts.env, params: given.params, locate })
  const text = replaced.value as PipelineText
  const diagnostics = [
    ...shapeFindings,
    ...given.diagnostics,
    ...replaced.diagnostics,
    ...checkSecretPlaces(text, locate),
    ...checkAsOf(text, locate),
    ...checkZone(text, locate),
    ...(await checkPipelineSections({
      text,
      sections: sections.all,
      isShaped: !hasErrors(shapeFindings),
      marts: Object.keys(isMap(text.marts) ? text.marts : {}),
      locate,
    })),
  ]

  const entries = Object.entries(text.stages).filter(
    ([, stage]) => isMap(stage) && typeof stage.uses === 'string',
  )
  diagnostics.push(
    ...entries.flatMap(([name]) => checkName({ name, what: 'stage', path: ['stages', name], locate })),
    ...Object.keys(isMap(text.marts) ? text.marts : {}).flatMap((name) =>
      checkName({ name, what: 'mart', path: ['marts', name], locate }),
    ),
  )
  const plugins = new Map<string, KnownPlugin>()
  for (const [name, stage] of entries) {
    const plugin = facts.registry.get(stage.uses)
    if (plugin) plugins.set(name, plugin)
    const broken = brokenPlugin(stage.uses, plugin, facts.broken)
    if (broken) {
      const { code, message, hint } = broken
      diagnostics.push(diagnostic({ code, message, hint, span: locate.value(['stages', name, 'uses']) }))
    } else if (!plugin)
      diagnostics.push(
        diagnostic({
          code: 'plugin_unknown',
          message: `There is no plugin "${stage.uses}"`,
          span: locate.value(['stages', name, 'uses']),
          hint: didYouMean(stage.uses, facts.registry.keys()),
        }),
      )
  }
  const connections = await readConnections(text, { facts, params: given.params, locate })
  diagnostics.push(...[...connections.values()].flatMap((one) => one.diagnostics))
  const nodes: GraphNode[] = Object.entries(text.stages).map(([name, stage]) => ({
    name,
    edges: isMap(stage) ? stageEdges(name, stage) : [],
    outputs: Object.keys(plugins.get(name)?.outputs ?? {}),
  }))
  const graph = orderStages(nodes, locate)
  const read = await Promise.all(
    entries.flatMap(([name, text]) => {
      const plugin = plugins.get(name)
      return plugin
        ? [
            validatorOf(plugin).then((validate) =>
              readStage({
                name,
                text,
                raw: raw.stages[name]!,
                plugin,
                validate,
                plugins,
                connections,
                locate,
              }),
            ),
          ]
        : []
    }),
  )
  const byName = new Map(nodes.map((node) => [node.name, node]))
  diagnostics.push(
    ...graph.diagnostics,
    ...read.flatMap((stage) => stage.diagnostics),
    ...martEdges(text).flatMap((edge) => checkEdge(edge, byName, locate)),
  )
  const marts = isMap(text.marts) ? Object.entries(text.marts).filter(([, mart]) => isMap(mart)) : []
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  if (errors.length > 0) {
    const part = soundPart({
      keys: Object.keys(text),
      names: Object.keys(text.stages),
      stages: read.map(({ stage }) => stage).filter((stage) => hasConnection(stage, text)),
      marts: marts.filter(([, mart]) => typeof mart.from === 'string').map(readMart),
      errors: errors.filter(({ file }) => file === facts.file),
      locate,
    })
    const broken = { ...failed(diagnostics), connections: [...connections.values()] }
    return part === undefined || typeof text.pipeline !== 'string'
      ? broken
      : {
          ...broken,
          part: deepFreeze({ ...pipelineOf(text, { params: given.params, days, facts }), ...part }),
        }
  }

  const stages = new Map(read.map(({ stage }) => [stage.name, stage]))
  const pipeline: Pipeline = {
    ...pipelineOf(text, { params: given.params, days, facts }),
    stages: graph.order.map((name) => stages.get(name)!),
    marts: marts.map(readMart),
    sections: pipelineSections(text, sections.all),
  }
  return {
    pipeline: deepFreeze(pipeline),
    diagnostics: sortDiagnostics(diagnostics),
    locate,
    connections: [...connections.values()],
  }
}

/** The connections that stages may name; of those of the project only the ones that a stage does. */
async function readConnections(
  text: PipelineText,
  {
    facts: { file, project, env, connectionTypes = new Map() },
    params,
    locate,
  }: { readonly facts: ReadFacts; readonly params: Pipeline['params']; readonly locate: Locator },
): Promise<ReadonlyMap<string, ReadConnection>> {
  const where = { by: 'pipeline', folder: dirname(file), path: ['connections'], locate } as const
  const own = declaredConnections(text.connections, where)
  const all = strongestOf([...(project.connections ?? []), ...own])
  const named = new Set(
    Object.values(text.stages).map((stage) => (isMap(stage) ? stage.connection : undefined)),
  )
  const read = [...all.values()].map(async (declared): Promise<readonly [string, ReadConnection]> => {
    const isUsed = declared.by === 'pipeline' || named.has(declared.name)
    const unread = { declared, type: undefined, ref: undefined, diagnostics: [] }
    return [
      declared.name,
      isUsed ? await readConnection(declared, { types: connectionTypes, env, params }) : unread,
    ]
  })
  return new Map(await Promise.all(read))
}

/** False of a stage whose connection is declared wrongly, in whatever file: nothing can be said of the stage. */
function hasConnection({ name, connection }: PipelineStage, { stages }: PipelineText): boolean {
  return stages[name]!.connection === undefined || connection !== undefined
}

/** A pipeline without stages yet. */
function pipelineOf(
  text: PipelineText,
  {
    params,
    days: { asOf, source, calendar },
    facts: { file, project },
  }: { readonly params: Pipeline['params']; readonly days: Days; readonly facts: ReadFacts },
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

function readMart([name, { from, key = [], columns = {}, description }]: readonly [
  string,
  NonNullable<PipelineText['marts']>[string],
]): PipelineMart {
  return { name, from: parseRef(from), key, columns, ...(description === undefined ? {} : { description }) }
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

function checkAsOf(text: PipelineText, locate: Locator): readonly Diagnostic[] {
  const written = String(text.as_of)
  if (text.as_of === undefined || isIsoDate(written) || isDayWord(written) || written.includes('${'))
    return []
  return [
    diagnostic({
      code: 'as_of_invalid',
      message: `as_of must be a day, not ${JSON.stringify(text.as_of)}`,
      span: locate.value(['as_of']),
      hint: 'write it as 2026-01-31, today or yesterday',
    }),
  ]
}

function checkZone({ time_zone: zone }: PipelineText, locate: Locator): readonly Diagnostic[] {
  if (typeof zone !== 'string' || isTimeZone(zone) || zone.includes('${')) return []
  return [
    diagnostic({
      code: 'time_zone_unknown',
      message: `There is no time zone ${JSON.stringify(zone)}`,
      span: locate.value(['time_zone']),
      hint: 'name it as in Europe/Paris, or leave it out for that of the schedule, else UTC',
    }),
  ]
}

function checkName({
  name,
  what,
  path,
  locate,
}: {
  readonly name: string
  readonly what: string
  readonly path: YamlPath
  readonly locate: Locator
}): readonly Diagnostic[] {
  if (namePattern.test(name)) return []
  return [
    diagnostic({
      code: 'name_invalid',
      message: `"${name}" cannot name a ${what}`,
      span: locate.key(path),
      hint: 'lower-case letters, digits and underscores, starting with a letter, at most 63',
    }),
  ]
}

/** Declarations whose shape is right; the others are diagnostics already. */
function wellFormed(declared: NonNullable<PipelineText['params']>): NonNullable<PipelineText['params']> {
  return Object.fromEntries(Object.entries(declared).filter(([, one]) => isMap(one) && isParamType(one.type)))
}

function martEdges(text: PipelineText): readonly Edge[] {
  if (!isMap(text.marts)) return []
  return Object.entries(text.marts).flatMap(([name, mart]) =>
    typeof mart?.from === 'string' ? [{ ref: parseRef(mart.from), path: ['marts', name, 'from'] }] : [],
  )
}

function isMap<T>(value: T | undefined): value is T & object {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

function deepFreeze<T>(value: T): T {
  if (value !== null && typeof value === 'object' && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const inner of Object.values(value)) deepFreeze(inner)
  }
  return value
}

/** The broken file that a stage means: by its name, or by none where no other plugin has it. */
function brokenPlugin(
  uses: string,
  known: KnownPlugin | undefined,
  broken: readonly BrokenPlugin[] = [],
): BrokenPlugin | undefined {
  const named = broken.find(({ names }) => names.includes(uses))
  return named ?? (known ? undefined : broken.find(({ names }) => names.length === 0))
}
