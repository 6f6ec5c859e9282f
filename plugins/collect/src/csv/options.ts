import { type Static, t } from '@sillage/sdk'
import { fileOptions } from '../files/file-options.ts'
import { encodingNames } from '../text/utf8-copy.ts'

/** What the configuration of a CSV source may say. */
export const csvOptions = t.object({
  ...fileOptions,
  delimiter: t.optional(
    t.text({
      minLength: 1,
      description:
        'What stands between cells; `whitespace` for columns that blanks separate, `tab` for tabs. Found in the file unless said.',
      examples: [',', ';', 'tab', 'whitespace'],
    }),
  ),
  header: t.optional(
    t.boolean({ description: 'Whether the first line names the columns. Found in the file unless said.' }),
  ),
  names: t.optional(
    t.list(t.text({ minLength: 1 }), {
      minItems: 1,
      uniqueItems: true,
      description: 'Names of the columns, in place of those of the header.',
    }),
  ),
  all_text: t.optional(t.boolean({ default: false, description: 'Leave every column text.' })),
  encoding: t.optional(t.oneOf(encodingNames, { description: 'Found in the file unless said.' })),
  nulls: t.optional(
    t.list(t.text({ minLength: 1 }), {
      description: 'Texts that mean "no value", beside the empty cell.',
      examples: [['NA', '\\N']],
    }),
  ),
  quote: t.optional(
    t.text({ description: 'What encloses cells, `"` unless said; empty for none.', default: '"' }),
  ),
})

export type CsvOptions = Static<typeof csvOptions>
