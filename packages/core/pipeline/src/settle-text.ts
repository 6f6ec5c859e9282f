import type { Diagnostic } from '@sillage/base'
import { interpolate } from './interpolate.ts'
import { isParamType, readParams } from './params.ts'
import type { Pipeline } from './pipeline.ts'
import { isMap, type PipelineText } from './pipeline-text.ts'
import type { ReadFacts } from './read-facts.ts'
import { type Days, resolveDays } from './resolve-days.ts'
import { noSections } from './sections.ts'
import type { Locator } from './yaml-source.ts'

/** A file whose parameters, days and places are settled. */
export interface SettledText {
  readonly raw: PipelineText
  /** The same with `${param:x}` and `${env:x}` replaced. */
  readonly text: PipelineText
  readonly params: Pipeline['params']
  readonly days: Days
  readonly diagnostics: readonly Diagnostic[]
}

/** Replaces what a file takes from parameters, days and the environment. */
export function settleText(
  raw: PipelineText,
  { facts, locate }: { readonly facts: ReadFacts; readonly locate: Locator },
): SettledText {
  const { sections = noSections, env } = facts
  const declared = wellFormed(isMap(raw.params) ? raw.params : {})
  const days = resolveDays({
    ...facts,
    sections: sections.all,
    text: raw,
    declared,
    given: facts.params,
    locate,
  })
  const { params, diagnostics } = readParams({
    declared,
    given: days.given,
    locate,
    calendar: days.calendar,
  })
  const replaced = interpolate(raw, { env, params, locate })
  return {
    raw,
    text: replaced.value as PipelineText,
    params,
    days,
    diagnostics: [...diagnostics, ...replaced.diagnostics],
  }
}

/** Declarations whose shape is right; the others are diagnostics already. */
function wellFormed(declared: NonNullable<PipelineText['params']>): NonNullable<PipelineText['params']> {
  return Object.fromEntries(Object.entries(declared).filter(([, one]) => isMap(one) && isParamType(one.type)))
}
