import { type Diagnostic, diagnostic, isIsoDate, isTimeZone } from '@sillage/base'
import { checkSecretPlaces } from './check-secret-places.ts'
import { isDayWord } from './day-word.ts'
import { namePattern } from './pipeline-schema.ts'
import { checkPipelineSections } from './pipeline-sections.ts'
import { isMap, type PipelineText, stageTexts } from './pipeline-text.ts'
import type { Section } from './section.ts'
import type { Locator, YamlPath } from './yaml-source.ts'

/** What is wrong with a file beside its shape and its stages: secrets, days, sections of apps, names. */
export async function checkText(
  text: PipelineText,
  {
    sections,
    isShaped,
    locate,
  }: { readonly sections: readonly Section[]; readonly isShaped: boolean; readonly locate: Locator },
): Promise<readonly Diagnostic[]> {
  const marts = Object.keys(isMap(text.marts) ? text.marts : {})
  return [
    ...checkSecretPlaces(text, locate),
    ...checkAsOf(text, locate),
    ...checkZone(text, locate),
    ...(await checkPipelineSections({ text, sections, isShaped, marts, locate })),
    ...stageTexts(text).flatMap(([name]) =>
      checkName({ name, what: 'stage', path: ['stages', name], locate }),
    ),
    ...marts.flatMap((name) => checkName({ name, what: 'mart', path: ['marts', name], locate })),
  ]
}

function checkAsOf(text: PipelineText, locate: Locator): readonly Diagnostic[] {
  const written = String(text.as_of)
  if (text.as_of === undefined || isIsoDate(written) || isDayWord(written) || written.includes('${'))
    return []
  return [
    diagnostic({
      code: 'as_of_invalid',
      message: `as_of must be a day, not ${JSON.stringify(text.as_of)}`,
      span: locate.value(['as_of']),
      hint: 'write it as 2026-01-31, today or yesterday',
    }),
  ]
}

function checkZone(
  { time_zone: zone }: Pick<PipelineText, 'time_zone'>,
  locate: Locator,
): readonly Diagnostic[] {
  if (typeof zone !== 'string' || isTimeZone(zone) || zone.includes('${')) return []
  return [
    diagnostic({
      code: 'time_zone_unknown',
      message: `There is no time zone ${JSON.stringify(zone)}`,
      span: locate.value(['time_zone']),
      hint: 'name it as in Europe/Paris, or leave it out for that of the schedule, else UTC',
    }),
  ]
}

function checkName({
  name,
  what,
  path,
  locate,
}: {
  readonly name: string
  readonly what: string
  readonly path: YamlPath
  readonly locate: Locator
}): readonly Diagnostic[] {
  if (namePattern.test(name)) return []
  return [
    diagnostic({
      code: 'name_invalid',
      message: `"${name}" cannot name a ${what}`,
      span: locate.key(path),
      hint: 'lower-case letters, digits and underscores, starting with a letter, at most 63',
    }),
  ]
}
