import { type Diagnostic, diagnostic, didYouMean } from '@sillage/base'
import type { Locator, Pipeline, Section } from '@sillage/pipeline'
import { checkLabels } from './check-labels.ts'
import { meanings } from './meanings.ts'
import type { Labels, ReportOptions } from './options.ts'
import { labelsShape, localeShape, type ReportSection, reportShape } from './report-shape.ts'

/** `report:` as a file has it: sections by name, or with a title. */
type ReportText = Omit<ReportOptions, 'sections'> & {
  readonly sections?: readonly (ReportSection | ReportOptions['sections'][number])[]
}

const report = {
  key: 'report',
  pipeline: {
    shape: reportShape,
    check: (text: ReportText, { marts, locate }) => [
      ...repeatedSections(text, locate),
      ...unknownMart(text, marts, locate),
    ],
    read: (text: ReportText): ReportOptions => ({ ...text, sections: sectionsOf(text) }),
  },
  meanings: Object.keys(meanings),
} satisfies Section

const labels = { key: 'labels', pipeline: { shape: labelsShape, checkPlan: checkLabels } } satisfies Section

const locale = { key: 'locale', pipeline: { shape: localeShape } } satisfies Section

/** The keys of a pipeline file that this package owns. */
export const reportSections: readonly Section[] = [report, labels, locale]

/** What a pipeline says of its report. */
export function reportOf({ sections }: Pipeline): {
  readonly choices: ReportOptions
  readonly labels: Labels | undefined
  readonly locale: 'en' | 'fr'
} {
  return {
    choices: (sections[report.key] as ReportOptions | undefined) ?? { sections: [] },
    labels: sections[labels.key] as Labels | undefined,
    locale: (sections[locale.key] as 'en' | 'fr' | undefined) ?? 'en',
  }
}

function sectionsOf({ sections = [] }: ReportText): ReportOptions['sections'] {
  return sections.map((one) => (typeof one === 'string' ? { section: one } : one))
}

function unknownMart({ main }: ReportText, marts: readonly string[], locate: Locator): readonly Diagnostic[] {
  if (main === undefined || marts.includes(main)) return []
  return [
    diagnostic({
      code: 'mart_unknown',
      message: `There is no mart "${main}"`,
      span: locate.value(['report', 'main']),
      hint: didYouMean(main, marts) ?? 'name one of the marts of this pipeline',
    }),
  ]
}

function repeatedSections(report: ReportText, locate: Locator): readonly Diagnostic[] {
  const names = sectionsOf(report).map(({ section }) => section)
  return names.flatMap((name, place) =>
    names.indexOf(name) === place
      ? []
      : [
          diagnostic({
            code: 'section_repeated',
            message: `The report has the section "${name}" twice`,
            span: locate.value(['report', 'sections', place]),
            hint: 'remove one of the two',
          }),
        ],
  )
}
