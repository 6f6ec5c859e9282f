import type { Example, JsonSchema, Plugin, PluginEntry } from '@sillage/sdk'
import { stringify } from 'yaml'
import type { KnownConnection } from './connection-shape.ts'

/** The page of a plugin as Markdown: what it does, every option, its inputs and outputs, and examples with their results. */
export function pluginPage(plugin: Plugin, entry: PluginEntry): string {
  const sections = [
    `# ${plugin.name}`,
    plugin.summary,
    plugin.description?.trim() ?? '',
    facts(plugin, entry),
    `## Options\n\n${options(entry.config)}`,
    ...plugin.examples.map((example) => exampleText(plugin, example)),
  ]
  return `${sections.filter(Boolean).join('\n\n')}\n`
}

/** The page of all types of connections: what each is, and its options beside `type`. */
export function connectionsPage(types: readonly KnownConnection[]): string {
  const sections = types.map(({ name, roles, summary, config }) =>
    [
      `## ${name}`,
      summary,
      roles.length === 0 ? '' : `- role: ${roles.map((role) => `\`${role}\``).join(', ')}`,
      options(config),
    ]
      .filter(Boolean)
      .join('\n\n'),
  )
  return `# Connections\n\nThe types of connections, with their options beside \`type\` ([guide](../guide/connections.md)).\n\n${sections.join('\n\n')}\n`
}

function facts(plugin: Plugin, entry: PluginEntry): string {
  const does = 'rows' in plugin ? plugin.rows : undefined
  const rows = typeof does === 'function' ? 'depends on its options' : does
  const lines = [
    `- style: ${plugin.style}`,
    rows === undefined ? '' : `- rows: ${rows}`,
    entry.connection === undefined ? '' : connectionLine(entry.connection),
    ...Object.entries(entry.inputs).map(([role, text]) => `- input \`${role}\`: ${text}`),
    entry.openInputs === undefined ? '' : `- further inputs, under names of your own: ${entry.openInputs}`,
    ...Object.entries(entry.outputs).map(([output, text]) => `- output \`<stage>.${output}\`: ${text}`),
  ]
  return lines.filter(Boolean).join('\n')
}

function connectionLine({ types, required }: NonNullable<PluginEntry['connection']>): string {
  const names = types.map((type) => `\`${type}\``).join(' or ')
  return `- connection: ${names}${required ? '' : ', where the stage names one'}`
}

interface OptionLine {
  readonly path: string
  readonly shape: JsonSchema
  readonly required: boolean
}

function options(schema: JsonSchema): string {
  const lines = [...walk(schema, '')]
  if (lines.length === 0) return 'None.'
  return ['| option | type | default | what it does |', '|---|---|---|---|', ...lines.map(optionLine)].join(
    '\n',
  )
}

function optionLine({ path, shape, required }: OptionLine): string {
  const given = shape.default === undefined ? '' : `\`${JSON.stringify(shape.default)}\``
  const fallback = given || (required ? '**required**' : '')
  return `| \`${path}\` | ${typeText(shape)} | ${fallback} | ${inTable(shape.description ?? '')} |`
}

function* walk(schema: JsonSchema, prefix: string): Generator<OptionLine> {
  for (const [key, shape] of Object.entries(schema.properties ?? {})) {
    const path = prefix === '' ? key : `${prefix}.${key}`
    yield { path, shape, required: schema.required?.includes(key) ?? false }
    yield* inside(shape, path)
  }
}

function* inside(shape: JsonSchema, path: string): Generator<OptionLine> {
  yield* walk(shape, path)
  if (typeof shape.additionalProperties === 'object')
    yield* inside(shape.additionalProperties, `${path}.<name>`)
  if (shape.items) yield* inside(shape.items, `${path}[]`)
  for (const option of shape.anyOf ?? []) yield* inside(option, path)
}

function typeText(shape: JsonSchema): string {
  if (shape.enum) return shape.enum.map((value) => `\`${value}\``).join(' \\| ')
  if (shape.anyOf) return shape.anyOf.map(typeText).join(' or ')
  if (shape['x-role'] === 'column') return 'column'
  if (shape['x-role'] === 'expression') return 'SQL expression'
  if (shape['x-role'] === 'secret') return 'secret'
  if (shape['x-role'] === 'new-column') return 'name of a new column'
  if (shape.items) return `list of ${typeText(shape.items)}`
  if (typeof shape.additionalProperties === 'object') return `map of ${typeText(shape.additionalProperties)}`
  return ([] as readonly string[])
    .concat(shape.type ?? 'any')
    .map((type) => ({ string: 'text', object: 'map', array: 'list' })[type] ?? type)
    .join(' or ')
}

function exampleText(plugin: Plugin, example: Example): string {
  const { connection } = example
  const named = connection === undefined ? {} : { connection: 'name' }
  const stage = {
    ...(connection === undefined ? {} : { connections: { name: connection } }),
    stage_name: {
      uses: plugin.name,
      ...named,
      ...(plugin.style === 'source' ? {} : { from: '…' }),
      with: example.with,
    },
  }
  const parts = [
    `## Example: ${example.title}`,
    `\`\`\`yaml\n${stringify(stage, { lineWidth: 110 }).trim()}\n\`\`\``,
  ]
  for (const [role, { columns, rows }] of Object.entries(example.inputs ?? {}))
    parts.push(`${role}:\n\n${markdownTable(Object.keys(columns), rows)}`)
  for (const [path, text] of Object.entries(example.serves ?? {}))
    parts.push(`\`${path}\` answers:\n\n\`\`\`json\n${text}\n\`\`\``)
  for (const [name, lines] of Object.entries(example.received ?? {}))
    parts.push(`\`${name}\` received:\n\n\`\`\`json\n${lines.trim()}\n\`\`\``)
  if (example.rows && example.rows.length > 0)
    parts.push(
      `gives:\n\n${markdownTable(
        Object.keys(example.rows[0]!),
        example.rows.map((row) => Object.values(row)),
      )}`,
    )
  if (example.rejects && example.rejects.length > 0)
    parts.push(
      `refuses ${example.rejects.length} ${example.rejects.length === 1 ? 'row' : 'rows'}: ${example.rejects.map((codes) => `\`${codes.join(', ')}\``).join('; ')}`,
    )
  for (const [file, text] of Object.entries(example.writes ?? {}))
    parts.push(`writes \`${file}\`:\n\n\`\`\`\n${text.replace(/^\uFEFF/, '').trim()}\n\`\`\``)
  return parts.join('\n\n')
}

function markdownTable(columns: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const text = (value: unknown): string =>
    value === null || value === undefined
      ? ''
      : inTable(typeof value === 'object' ? JSON.stringify(value) : String(value))
  return [
    line(columns),
    line(columns.map(() => '---')),
    ...rows.slice(0, 20).map((row) => line(row.map(text))),
  ].join('\n')
}

function inTable(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}
