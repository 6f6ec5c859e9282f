import { type Diagnostic, diagnostic, didYouMean } from '@sillage/base'
import { parseRef } from './graph.ts'
import type { KnownPlugin, PipelineStage, StageRef } from './pipeline.ts'
import type { Locator } from './yaml-source.ts'

type RoleText = Readonly<Record<string, string | readonly string[]>>

export type FromText = string | readonly string[] | RoleText

interface InputsFacts {
  readonly name: string
  readonly from: FromText | undefined
  readonly plugin: KnownPlugin
  readonly locate: Locator
}

type Inputs = PipelineStage['inputs']

/** The stages that a stage reads, in the roles of its plugin and in those that the pipeline names itself. */
export function readInputs(facts: InputsFacts, diagnostics: Diagnostic[]): Inputs {
  const { name, from, plugin, locate } = facts
  const roles = Object.keys(plugin.inputs)
  if (roles.length === 0 && plugin.openInputs === undefined) {
    if (from !== undefined)
      diagnostics.push(
        diagnostic({
          code: 'from_unwanted',
          message: `${plugin.name} reads no stage`,
          span: locate.key(['stages', name, 'from']),
          hint: 'remove from',
        }),
      )
    return {}
  }
  if (from === undefined || from === null) {
    diagnostics.push(
      diagnostic({
        code: 'from_missing',
        message: `"${name}" needs from: the stage it reads`,
        span: locate.key(['stages', name]),
        hint: roles.length === 1 || plugin.openInputs !== undefined ? 'from: <stage>' : asMap(roles),
      }),
    )
    return {}
  }
  if (typeof from === 'string' || Array.isArray(from)) {
    const list = from as string | readonly string[]
    return roles.length === 0 ? named(list, facts, diagnostics) : inOrder(list, facts, diagnostics)
  }
  return typeof from === 'object' ? byRole(from as RoleText, facts, diagnostics) : {}
}

/** Stages by their places: all in the only role, or one a role. */
function inOrder(
  from: string | readonly string[],
  { name, plugin, locate }: InputsFacts,
  diagnostics: Diagnostic[],
): Inputs {
  const roles = Object.keys(plugin.inputs)
  if (roles.length === 1) return { [roles[0]!]: refs(from) }
  const list = typeof from === 'string' ? [from] : from
  if (list.length !== roles.length)
    diagnostics.push(
      diagnostic({
        code: 'from_count',
        message: `${plugin.name} reads ${roles.length} stages (${roles.join(', ')}), from names ${list.length}`,
        span: locate.key(['stages', name, 'from']),
        hint: asMap(roles),
      }),
    )
  return Object.fromEntries(list.slice(0, roles.length).map((one, index) => [roles[index]!, refs(one)]))
}

/** Stages where the pipeline names the roles, and does not: each is called as its stage or output, and an output that is read alone `input`. */
function named(
  from: string | readonly string[],
  { name, locate }: InputsFacts,
  diagnostics: Diagnostic[],
): Inputs {
  const inputs: Record<string, readonly StageRef[]> = {}
  const list = refs(from)
  for (const [index, ref] of list.entries()) {
    const role = ref.output === undefined ? ref.stage : list.length === 1 ? 'input' : ref.output
    if (Object.hasOwn(inputs, role))
      diagnostics.push(
        diagnostic({
          code: 'role_taken',
          message: `"${name}" reads two inputs that would be called "${role}"`,
          span: locate.value(['stages', name, 'from', index]),
          hint: asMap([role, 'other']),
        }),
      )
    else inputs[role] = [ref]
  }
  return inputs
}

const roleName = /^[a-z][a-z0-9_]*$/

function byRole(map: RoleText, { name, plugin, locate }: InputsFacts, diagnostics: Diagnostic[]): Inputs {
  const roles = Object.keys(plugin.inputs)
  const place = ['stages', name, 'from'] as const
  const own: string[] = []
  for (const role of Object.keys(map)) {
    if (roles.includes(role)) continue
    if (plugin.openInputs === undefined)
      diagnostics.push(
        diagnostic({
          code: 'role_unknown',
          message: `${plugin.name} has no input "${role}"`,
          span: locate.key([...place, role]),
          hint: didYouMean(role, roles),
        }),
      )
    else if (roleName.test(role)) own.push(role)
    else
      diagnostics.push(
        diagnostic({
          code: 'name_invalid',
          message: `"${role}" is no name of an input`,
          span: locate.key([...place, role]),
          hint: 'small letters, digits and _, beginning with a letter',
        }),
      )
  }
  for (const role of roles) {
    if (Object.hasOwn(map, role)) continue
    diagnostics.push(
      diagnostic({
        code: 'role_missing',
        message: `${plugin.name} needs the input "${role}"`,
        span: locate.key([...place]),
        hint: plugin.inputs[role],
      }),
    )
  }
  if (roles.length === 0 && Object.keys(map).length === 0)
    diagnostics.push(
      diagnostic({
        code: 'from_missing',
        message: `"${name}" needs from: the stages it reads`,
        span: locate.key([...place]),
        hint: 'from: { <name>: <stage> }',
      }),
    )
  const known = roles.filter((role) => Object.hasOwn(map, role))
  return Object.fromEntries([...known, ...own].map((role) => [role, refs(map[role]!)]))
}

function refs(value: string | readonly string[]): readonly StageRef[] {
  return (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string').map(parseRef)
}

function asMap(roles: readonly string[]): string {
  return `from: { ${roles.map((role) => `${role}: <stage>`).join(', ')} }`
}
