import { canonicalJson } from '@sillage/base'
import type { KnownParts } from '@sillage/ledger'
import type { FileState, Step, StepParts } from '@sillage/plan'

interface ChangeFacts {
  readonly step: Step
  readonly steps: ReadonlyMap<string, Step>
  /** What the ledger knows, by stage. */
  readonly parts: ReadonlyMap<string, KnownParts>
}

/** In words, what makes a step another than the ledger knows: its own parts, else those of the views in its statement, else its inputs. */
export function changeReason({ step, steps, parts }: ChangeFacts): string {
  const known = parts.get(step.stage)
  if (!known) return 'it never ran'
  const before = JSON.parse(known.parts) as StepParts
  const own = ownChanges(step, before)
  if (own.length > 0) return own.join('; ')
  const changed = step.parts.inputs.filter(
    ({ fingerprint }, index) => before.inputs[index]?.fingerprint !== fingerprint,
  )
  const reasons = changed.map(({ stage }) => {
    const input = steps.get(stage)!
    if (input.stored !== undefined) return `${stage} runs`
    return `${stage}: ${changeReason({ step: input, steps, parts })}`
  })
  return [...new Set(reasons)].join('; ') || 'its columns changed'
}

function ownChanges({ parts: now }: Pick<Step, 'parts'>, before: StepParts): readonly string[] {
  const keys = [...new Set([...Object.keys(now.config), ...Object.keys(before.config)])]
  const config = keys.filter((key) => canonicalJson(now.config[key]) !== canonicalJson(before.config[key]))
  const reads = (parts: StepParts): string =>
    parts.inputs.map(({ role, output }) => `${role} ${output ?? ''}`).join('\n')
  return [
    ...(now.plugin === before.plugin ? [] : ['the plugin changed']),
    ...(now.duckdb === before.duckdb ? [] : [`DuckDB ${before.duckdb ?? 'of before'} → ${now.duckdb}`]),
    ...config.map((key) => `\`with.${key}\` changed`),
    ...(canonicalJson(now.connection ?? null) === canonicalJson(before.connection ?? null)
      ? []
      : ['its connection changed']),
    ...(now.as_of === before.as_of ? [] : [`as_of is ${now.as_of} instead of ${before.as_of}`]),
    ...(now.inputs.length === before.inputs.length && reads(now) === reads(before)
      ? []
      : ['it reads other stages']),
    ...fileChanges(now.files, before.files),
    ...(now.named === before.named || before.named === undefined ? [] : [`it was called ${before.named}`]),
    ...(now.provenance === before.provenance ? [] : ['it now says where its rows stand']),
  ]
}

/** `orders.csv grew by 1,204 bytes`. */
function fileChanges(now: readonly FileState[], before: readonly FileState[]): readonly string[] {
  const count = (bytes: number): string => bytes.toLocaleString('en')
  const earlier = earlierOf(now, before)
  const added = now.filter((file) => !earlier.has(file))
  const kept = new Set(earlier.values())
  const gone = before.filter((file) => !kept.has(file))
  const others = now.flatMap((file) => {
    const was = earlier.get(file)
    if (!was || canonicalJson(was) === canonicalJson(file)) return []
    const by = file.size - was.size
    if (was.shown !== file.shown && file.shown !== undefined && was.shown !== undefined)
      return [`${file.name} is ${file.shown} now, was ${was.shown}`]
    if (by > 0) return [`${file.name} grew by ${count(by)} bytes`]
    return [by < 0 ? `${file.name} shrank by ${count(-by)} bytes` : `${file.name} changed`]
  })
  return [...list('is new', 'are new', added), ...list('is gone', 'are gone', gone), ...shorten(others)]
}

/** Each file as it was: that of the same place, else, where only one has its name, that of the same name. */
function earlierOf(
  now: readonly FileState[],
  before: readonly FileState[],
): ReadonlyMap<FileState, FileState> {
  const place = ({ name, shown }: FileState): string => shown ?? name
  const byPlace = new Map(before.map((file) => [place(file), file]))
  const byName = onlyOnes(before)
  const single = onlyOnes(now)
  return new Map(
    now.flatMap((file) => {
      const was = byPlace.get(place(file)) ?? (single.has(file.name) ? byName.get(file.name) : undefined)
      return was === undefined ? [] : [[file, was] as const]
    }),
  )
}

/** The files whose name no other has. */
function onlyOnes(files: readonly FileState[]): ReadonlyMap<string, FileState> {
  const found = new Map<string, FileState>()
  const twice = new Set<string>()
  for (const file of files) {
    if (found.has(file.name)) twice.add(file.name)
    found.set(file.name, file)
  }
  return new Map([...found].filter(([name]) => !twice.has(name)))
}

const mostShown = 3

function list(one: string, many: string, files: readonly FileState[]): readonly string[] {
  if (files.length === 0) return []
  const names = files.slice(0, mostShown).map(({ name }) => name)
  const more = files.length - names.length
  return [`${names.join(', ')}${more > 0 ? ` and ${more} more` : ''} ${files.length > 1 ? many : one}`]
}

function shorten(texts: readonly string[]): readonly string[] {
  if (texts.length <= mostShown) return texts
  return [...texts.slice(0, mostShown), `${texts.length - mostShown} more files changed`]
}
