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
  return [...checkLimits(path, spec, target), ...checkForm(path, spec)]
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
  { decimal = '.', thousands, format }: ColumnSpec,
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
  const zoned = [format ?? []].flat().filter((text) => /%[zZ]/.test(text))
  return zoned.map((text) => ({
    path: [...path, 'format'],
    code: 'zoned_format',
    message: `"${text}" reads a time zone`,
    hint: 'times with an offset are read in ISO 8601, without a format',
  }))
}
