import type { Files } from '../project.ts'
import { pick, randomFrom, whole } from '../random.ts'
import { mutateBytes, mutateText } from './mutate.ts'
import { pipelines } from './pipelines.ts'
import type { Seeds } from './seeds.ts'

export type Kind = 'yaml' | 'csv' | 'json' | 'parquet' | 'arrow'

/** One mutated project. */
export interface FuzzCase {
  readonly kind: Kind
  readonly files: Files
  /** Rows that its input holds, one of these; undefined where they cannot be counted without reading as the engine does. */
  readonly rows: readonly number[] | undefined
}

const kinds: readonly Kind[] = [
  'yaml',
  'yaml',
  'yaml',
  'csv',
  'csv',
  'csv',
  'json',
  'json',
  'parquet',
  'arrow',
]

/** The case of a number: the same for the same seed. */
export function caseOf(seed: number, index: number, seeds: Seeds): FuzzCase {
  const random = randomFrom(seed * 1_000_003 + index)
  const kind = pick(random, kinds)
  if (kind === 'yaml') {
    const text = pick(random, pipelines)
    return {
      kind,
      rows: undefined,
      files: { ...seeds.inputs, 'pipeline.yaml': mutateText(random, text) },
    }
  }
  const bytes =
    kind === 'csv' || kind === 'json'
      ? mutateText(random, seeds.texts[kind])
      : mutateBytes(random, seeds.binaries[kind])
  const options = kind === 'csv' ? pick(random, ['', ', all_text: true']) : ''
  return {
    kind,
    rows: rowsOf(kind, bytes),
    files: {
      [`input.${kind}`]: bytes,
      'pipeline.yaml': `pipeline: fuzzed
stages:
  raw: { uses: collect/${kind}, with: { path: input.${kind}${options} } }
  ${whole(random, 2) === 0 ? 'kept: { uses: enrich/derive, from: raw, with: { columns: { one: "1" } } }' : 'kept: { uses: clean/contract, from: raw, with: { columns: { id: { type: integer, required: true }, amount: { type: "decimal(10,2)" }, day: { type: date } } } }'}
marts: { kept: { from: kept } }
`,
    },
  }
}

/** Counted by hand, where no quoting, no odd line end and no odd byte leaves it open. */
function rowsOf(kind: Kind, bytes: Uint8Array): readonly number[] | undefined {
  if (kind !== 'csv' && kind !== 'json') return undefined
  const text = Buffer.from(bytes).toString('latin1')
  const isPlain = kind === 'csv' ? /^[\w .,:@+\n-]*$/ : /^[\x20-\x7e\n]*$/
  if (!isPlain.test(text)) return undefined
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  if (kind === 'csv') {
    // Of one column a blank line is a value that is missing.
    const oneColumn = !lines.some((line) => line.includes(','))
    if (
      (oneColumn && /^\s*\n|\n\s*\n/.test(text)) ||
      lines.some((line) => line.replaceAll(/[ ,]/g, '') === '')
    )
      return undefined
    return [lines.length - 1, lines.length]
  }
  return lines[0]?.startsWith('{') && !text.trimStart().startsWith('[') ? [lines.length] : undefined
}
