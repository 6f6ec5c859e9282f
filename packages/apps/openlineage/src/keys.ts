import { type Diagnostic, diagnostic } from '@sillage/base'
import type { Locator, Project, Section, Shape, YamlPath } from '@sillage/pipeline'

/** Where runs tell their lineage, as OpenLineage events. */
export interface LineageText {
  readonly openlineage: {
    /** A file of JSON lines, from the project's folder. */
    readonly file?: string
    /** Where each event is posted; `${secret:x}` is replaced. */
    readonly url?: string
    readonly headers?: Readonly<Record<string, string>>
    /** Of jobs and relations. */
    readonly namespace?: string
  }
}

const text = (description: string): Shape => ({ type: 'string', minLength: 1, description })

const lineageShape: Shape = {
  type: 'object',
  properties: {
    openlineage: {
      type: 'object',
      properties: {
        file: text('A file to which each event is added as a line of JSON, such as lineage.jsonl.'),
        url: text(
          'Where each event is posted, such as https://lineage.example/api/v1/lineage; ${secret:x} is replaced.',
        ),
        headers: {
          type: 'object',
          additionalProperties: { type: 'string' },
          description: 'Headers; values may hold ${secret:name}.',
        },
        namespace: text('Of jobs and relations; sillage unless said.'),
      },
      required: [],
      additionalProperties: false,
    },
  },
  required: ['openlineage'],
  additionalProperties: false,
}

const lineage = {
  key: 'lineage',
  project: { shape: lineageShape, inEnvironments: true, check: checkLineage },
} satisfies Section

/** The keys of `sillage.yaml` that this package owns. */
export const lineageSections: readonly Section[] = [lineage]

/** Where the runs of a project tell their lineage; undefined where nowhere. */
export function lineageOf({ sections }: Project): LineageText | undefined {
  return sections[lineage.key] as LineageText | undefined
}

/** What a schema cannot say: events go somewhere, and headers go with an address. */
function checkLineage(
  { openlineage: { file, url, headers } }: LineageText,
  { path, locate }: { readonly path: YamlPath; readonly locate: Locator },
): readonly Diagnostic[] {
  const own: YamlPath = [...path, 'openlineage']
  if (file === undefined && url === undefined)
    return [
      diagnostic({
        code: 'lineage_nowhere',
        message: '"openlineage" needs a file or a url: else its events go nowhere',
        span: locate.key(own),
        hint: 'openlineage: { file: lineage.jsonl }',
      }),
    ]
  const hasSecret = url?.includes('${secret:') === true
  if (url !== undefined && !hasSecret && !/^https?:\/\/\S+$/.test(url))
    return [
      diagnostic({
        code: 'value_invalid',
        message: '"url" is no address',
        span: locate.value([...own, 'url']),
        hint: 'write it as https://…',
      }),
    ]
  return headers === undefined || url !== undefined
    ? []
    : [
        diagnostic({
          code: 'lineage_headers',
          message: '"headers" go with a url, and there is none',
          span: locate.key([...own, 'headers']),
          hint: 'add the url, or remove the headers',
        }),
      ]
}
