import type { Shape } from './shape.ts'

/** A text with something that is replaced before it is checked. A secret is not: it is checked as it stands. */
export const someReference = '\\$\\{(?:env|param):[^}]*\\}'

/** Only a text that is one parameter takes that parameter's type. */
const oneParameter: Shape = { type: 'string', pattern: '^\\$\\{param:[^}]*\\}$' }
const textWithReference: Shape = { type: 'string', pattern: someReference }

const notes = ['description', 'title', 'default', 'examples', 'deprecated']
const limits = ['pattern', 'format', 'enum', 'const', 'minLength', 'maxLength']
const scalars = ['boolean', 'integer', 'number']

/** The shape of a configuration as it is written: where it has values, references to values may stand instead. */
export function withReferences(shape: Shape): Shape {
  if (shape['x-role'] === 'secret') return shape
  const inner = withinShape(shape)
  const [takesText, takesOther] = takenBy(shape)
  const isFree =
    takesText && !limits.some((key) => key in shape && !(key === 'minLength' && shape[key] === 1))
  if (isFree || !(takesText || takesOther)) return inner
  const said = Object.entries(inner).filter(([key]) => notes.includes(key))
  const held = Object.entries(inner).filter(([key]) => !notes.includes(key))
  return {
    ...Object.fromEntries(said),
    anyOf: [Object.fromEntries(held), takesText ? textWithReference : oneParameter],
  } as Shape
}

/** Whether a shape takes texts, and whether it takes other values that a parameter may have. */
function takenBy(shape: Shape): readonly [boolean, boolean] {
  const values = 'const' in shape ? [shape.const] : (shape.enum as readonly unknown[] | undefined)
  const types =
    values?.map((value) => typeof value as string) ?? ([shape.type ?? []].flat() as readonly string[])
  return [types.includes('string'), types.some((type) => scalars.includes(type))]
}

function withinShape(shape: Shape): Shape {
  const parts = Object.entries(shape).map(([key, value]) => {
    if (key === 'properties' || key === 'patternProperties')
      return [
        key,
        Object.fromEntries(Object.entries(value as object).map(([name, one]) => [name, part(one)])),
      ]
    if (['anyOf', 'oneOf', 'allOf', 'prefixItems'].includes(key))
      return [key, (value as readonly unknown[]).map(part)]
    return [key, key === 'items' || key === 'additionalProperties' ? part(value) : value]
  })
  return Object.fromEntries(parts) as Shape
}

function part(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? withReferences(value as Shape) : value
}
