import { connectionsShape, type KnownConnection } from './connection-shape.ts'
import type { KnownPlugin } from './pipeline.ts'
import { name, pipelineShape, stageKeys } from './pipeline-schema.ts'
import type { Section } from './section.ts'
import { object, type Shape } from './shape.ts'
import { someReference, withReferences } from './with-references.ts'

const leapYear = '(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)'
const dayOfYear =
  '(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))'
const day = `^(?:[0-9]{4}-${dayOfYear}|${leapYear}-02-29|today|yesterday)$`

/**
 * The JSON Schema of pipeline files for editors: what `validate` says, as far as a schema can say it. The configuration of each plugin
 * by its name, with references where values may stand; what the kind of a plugin asks of its stage; the keys of sections.
 */
export function editorSchema(
  plugins: readonly KnownPlugin[],
  sections: readonly Section[],
  connections: readonly KnownConnection[] = [],
): Shape {
  const definitions = Object.fromEntries(
    plugins.map((plugin) => [
      plugin.name,
      { ...withReferences(plugin.config as Shape), description: plugin.summary },
    ]),
  )
  const names = { oneOf: plugins.map(({ name, summary }) => ({ const: name, description: summary })) }
  const stage = object(
    {
      ...stageKeys,
      uses: { anyOf: [names, { type: 'string', pattern: someReference }] } as Shape,
    },
    ['uses'],
    { allOf: plugins.map(ofPlugin) } as Shape,
  )
  const shape = pipelineShape(sections)
  const { as_of, marts } = shape.properties as Record<string, Shape>
  const patterned = sections.flatMap(({ key, pipeline }) =>
    pipeline?.pattern === undefined ? [] : [[key, matching(pipeline.shape, pipeline.pattern)]],
  )
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Sillage pipeline',
    ...shape,
    properties: {
      ...shape.properties,
      as_of: matching(as_of!, day, '\\$\\{(?:env|param|secret):[^}]*\\}'),
      ...Object.fromEntries(patterned),
      connections: connectionsOf(connections),
      stages: { type: 'object', propertyNames: name, additionalProperties: stage, minProperties: 1 } as Shape,
      marts: { ...marts, propertyNames: name } as Shape,
    },
    $defs: definitions,
  }
}

/** The connections of each type, with its options. */
function connectionsOf(types: readonly KnownConnection[]): Shape {
  if (types.length === 0) return connectionsShape as Shape
  const names = types.map(({ name: type, summary }) => ({ const: type, description: summary }))
  const one = {
    type: 'object',
    properties: { type: { oneOf: names } },
    required: ['type'],
    allOf: types.map(ofConnection),
  }
  return { ...connectionsShape, additionalProperties: one } as unknown as Shape
}

/** What a connection of this type has and must have. */
function ofConnection({ name: type, config }: KnownConnection): object {
  const shape = withReferences(config as Shape)
  return {
    if: { properties: { type: { const: type } }, required: ['type'] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { ...shape, properties: { ...shape.properties, type: true } },
  }
}

/** What a stage of this plugin has, must have and may not have. */
function ofPlugin({ name, style, inputs, openInputs, config, connection }: KnownPlugin): object {
  const reads = Object.keys(inputs).length > 0 || openInputs !== undefined
  const required = [
    ...(connection?.required ? ['connection'] : []),
    ...(reads ? ['from'] : []),
    ...(needsSomething(config as Shape) ? ['with'] : []),
  ]
  return {
    if: { properties: { uses: { const: name } }, required: ['uses'] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: {
      properties: {
        with: { $ref: `#/$defs/${name.replace('/', '~1')}` },
        ...(reads ? {} : { from: false }),
        ...(connection === undefined ? { connection: false } : {}),
        ...(style === 'source' ? {} : { on_drift: false }),
        ...(style === 'sink' ? { expect: { maxItems: 0 } } : { shared: false }),
        ...(style === 'model' ? {} : { on_unfit: false }),
      },
      ...(required.length === 0 ? {} : { required }),
    },
  }
}

/** True of a shape that the empty map does not have. */
function needsSomething(shape: Shape): boolean {
  const among = (key: string): readonly Shape[] => (shape[key] as readonly Shape[] | undefined) ?? []
  return (
    ((shape.required as readonly string[] | undefined)?.length ?? 0) > 0 ||
    Number(shape.minProperties ?? 0) > 0 ||
    among('allOf').some(needsSomething) ||
    ['anyOf', 'oneOf'].some((key) => among(key).length > 0 && among(key).every(needsSomething))
  )
}

/** A text of this pattern, or one whose references say what it is. */
function matching(shape: Shape, pattern: string, reference = someReference): Shape {
  return { ...shape, anyOf: [{ pattern }, { pattern: reference }] } as Shape
}
