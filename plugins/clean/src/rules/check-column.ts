import type { Problem } from '@sillage/sdk'
import { knownTypes, parseTarget, type Target } from '../casts/target.ts'
import type { ColumnSpec } from './column-spec.ts'

const limits = ['min', 'max', 'above', 'below'] as const
const numeric = ['integer', 'double', 'decimal']
const temporal = ['date', 'timestamp']

/** Where each option makes sense. */
const fitting: readonly (readonly [option: keyof ColumnSpec, kinds: readonly string[]])[] = [
  ...limits.map((limit) => [limit, [...numeric, ...temporal]] as const),
  ['pattern', ['text']],
  ['format', temporal],
  ['decimal', numeric],
  ['thousands', numeric],
  ['yes', ['boolean']],
  ['no', ['boolean']],
  ['entities', ['text']],
]

/** What is wrong with one column of a contract, whatever the data. */
export function checkColumn(name: string, spec: ColumnSpec): readonly Problem[] {
  const path = ['columns', name]
  const target = parseTarget(spec.type)
  if (!target) {
    return [
      {
        path: [...path, 'type'],
        code: 'unknown_type',
        message: `"${spec.type}" is no type of a contract`,
        hint: `types: ${knownTypes.join(', ')}`,
      },
    ]
  }
  const misplaced = fitting
    .filter(([option, kinds]) => spec[option] !== undefined && !kinds.includes(target.kind))
    .map(([option, kinds]) => ({
      path: [...path, option],
      code: 'option_not_for_type',
      message: `"${option}" says nothing of a column of type ${spec.type}`,
      hint: `it is for ${kinds.join(', ')}`,
    }))
  if (misplaced.length > 0) return misplaced
  return [...checkLimits(path, spec, target), ...checkForm(path, spec, target)]
}

function checkLimits(path: readonly string[], spec: ColumnSpec, target: Target): readonly Problem[] {
  const wrong = limits.filter((limit) => spec[limit] !== undefined && !isLimit(spec[limit], target))
  if (wrong.length > 0) {
    const hint = temporal.includes(target.kind)
      ? 'write an ISO date in quotes, such as "2014-05-23"'
      : 'write a number without quotes'
    return wrong.map((limit) => ({
      path: [...path, limit],
      code: 'wrong_limit',
      message: `"${limit}" of a ${target.kind} cannot be ${JSON.stringify(spec[limit])}`,
      hint,
    }))
  }
  const low = spec.min ?? spec.above
  const high = spec.max ?? spec.below
  if (low === undefined || high === undefined) return []
  const open = spec.min === undefined || spec.max === undefined
  if (low < high || (low === high && !open)) return []
  return [
    { path, code: 'empty_range', message: `no value is from ${low} to ${high}`, hint: 'swap the two limits' },
  ]
}

function isLimit(limit: unknown, { kind }: Target): boolean {
  if (!temporal.includes(kind)) return typeof limit === 'number'
  return (
    typeof limit === 'string' &&
    /^\d{4}-\d{2}-\d{2}/.test(limit) &&
    !Number.isNaN(Date.parse(limit.replace(' ', 'T')))
  )
}

function checkForm(
  path: readonly string[],
  { decimal = '.', thousands, format, required, on_invalid }: ColumnSpec,
  { kind }: Target,
): readonly Problem[] {
  if (thousands === decimal) {
    return [
      {
        path: [...path, 'thousands'],
        code: 'ambiguous_numbers',
        message: `"${thousands}" cannot be both the decimal sign and the thousands separator`,
        hint: 'set decimal to the other sign',
      },
    ]
  }
  const formats = [format ?? []].flat()
  if (required && on_invalid !== undefined && on_invalid !== 'refuse')
    return [
      {
        path: [...path, 'on_invalid'],
        code: 'null_but_required',
        message: 'a value that is required cannot become null',
        hint: 'remove `required`, or let on_invalid refuse the row',
      },
    ]
  return formats.flatMap((text) => checkZone([...path, 'format'], text, kind))
}

/** A time of a day that is cut off, and names of zones, cannot be moved to UTC. */
function checkZone(path: readonly string[], text: string, kind: Target['kind']): readonly Problem[] {
  const offsets = text.split('%z').length - 1
  const named = text.includes('%Z')
  if (!named && (offsets === 0 || (offsets === 1 && kind === 'timestamp'))) return []
  return [
    {
      path,
      code: 'zoned_format',
      message: named
        ? `"${text}" reads the name of a time zone`
        : `"${text}" reads an offset ${offsets > 1 ? 'twice' : 'of a date'}`,
      hint: 'read it as a timestamp with an offset, %z, which becomes UTC',
    },
  ]
}
