import type { Diagnostic } from '@sillage/base'
import type { Pipeline, PipelineKey, PlannedFacts, Section } from '@sillage/pipeline'
import type { PlannedSection } from './plan.ts'

/** What the sections of a pipeline find where their values do not fit its compiled stages. */
export function checkSections(sections: readonly Section[], facts: PlannedFacts): readonly Diagnostic[] {
  return present(sections, facts.pipeline).flatMap(({ key, value }) => key.checkPlan?.(value, facts) ?? [])
}

/** The sections that the marts of a pipeline tell, by key. */
export function planSections(
  sections: readonly Section[],
  pipeline: Pipeline,
): Readonly<Record<string, PlannedSection>> {
  return Object.fromEntries(
    present(sections, pipeline).flatMap(({ name, key, value }) =>
      key.tables ? [[name, { value, tables: key.tables(value) }]] : [],
    ),
  )
}

/** The sections that a pipeline has, with their values. */
function present(
  sections: readonly Section[],
  pipeline: Pipeline,
): readonly { readonly name: string; readonly key: PipelineKey; readonly value: unknown }[] {
  return sections.flatMap(({ key: name, pipeline: key }) => {
    const value = pipeline.sections[name]
    return key && value !== undefined ? [{ name, key, value }] : []
  })
}
