import type { ColumnKind, JsonSchema, Role } from '@sillage/sdk'

/** A value of a configuration that means something to the planner. */
export interface RoleValue {
  readonly role: Role
  readonly text: string
  readonly path: readonly (string | number)[]
  readonly input: string | undefined
  /** The input that has the same values in a column of this name. */
  readonly sameIn?: string
  /** What the column must be. */
  readonly columnType?: ColumnKind
  /** Names beside the input's columns that an expression may use. */
  readonly scope: readonly string[]
  /** True where the text is a key of a map. */
  readonly isKey: boolean
}

/** Walks a configuration along its schema and gives each value with a role, in file order. */
export function configRoles(config: unknown, schema: JsonSchema): readonly RoleValue[] {
  const found: RoleValue[] = []
  const beside = new Set<RoleValue>()
  const walk = (
    value: unknown,
    shape: JsonSchema,
    path: RoleValue['path'],
    scope: readonly string[],
  ): void => {
    const role = shape['x-role']
    if (role !== undefined && typeof value === 'string') {
      const sameIn = shape['x-same-in']
      const columnType = shape['x-column-type']
      const one: RoleValue = {
        role,
        text: value,
        path,
        input: shape['x-input'],
        ...(sameIn === undefined ? {} : { sameIn }),
        ...(columnType === undefined ? {} : { columnType }),
        scope,
        isKey: false,
      }
      found.push(one)
      if (shape['x-scope'] === 'new-columns') beside.add(one)
    }
    for (const option of shape.anyOf ?? []) if (couldBe(value, option)) walk(value, option, path, scope)
    if (Array.isArray(value)) {
      if (shape.items)
        for (const [index, item] of value.entries()) walk(item, shape.items, [...path, index], scope)
      return
    }
    if (value === null || typeof value !== 'object') return
    const before: string[] = []
    for (const [key, inner] of Object.entries(value)) {
      const known = shape.properties?.[key]
      if (known) walk(inner, known, [...path, key], scope)
      else if (typeof shape.additionalProperties === 'object') {
        const keyRole = shape['x-key-role']
        if (keyRole)
          found.push({
            role: keyRole,
            text: key,
            path: [...path, key],
            input: shape['x-input'],
            scope,
            isKey: true,
          })
        walk(
          inner,
          shape.additionalProperties,
          [...path, key],
          shape['x-scope'] === 'earlier-keys' ? [...scope, ...before] : scope,
        )
        before.push(key)
      }
    }
  }
  walk(config, schema, [], [])
  const made = found.filter(({ role }) => role === 'new-column').map(({ text }) => text)
  return found.map((one) => (beside.has(one) ? { ...one, scope: [...one.scope, ...made] } : one))
}

function couldBe(value: unknown, { type, enum: values }: JsonSchema): boolean {
  if (values) return values.includes(value)
  const kind = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value
  if (type === undefined) return true
  return (Array.isArray(type) ? type : [type]).some(
    (one) => one === kind || (one === 'integer' && kind === 'number'),
  )
}
