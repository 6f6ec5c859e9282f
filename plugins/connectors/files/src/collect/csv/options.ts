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
    t.list(t.text(), {
      description:
        'Cells that mean "no value", as the file writes them, quotes included: `NA` is not `"NA"`. A cell with nothing in it is always one; `""` is one too, unless the list has an entry that is empty.',
      examples: [
        ['NA', '\\N'],
        ['', 'NULL'],
      ],
    }),
  ),
  quote: t.optional(
    t.text({ description: 'What encloses cells, `"` unless said; empty for none.', default: '"' }),
  ),
  escape: t.optional(
    t.text({
      pattern: '^[\\x21-\\x7e]$',
      description:
        'Inside quotes, what makes the next sign stand for itself: `\\` for dumps of MySQL. A quote is doubled unless said.',
      examples: ['\\'],
    }),
  ),
  skip_lines: t.optional(
    t.integer({
      minimum: 0,
      default: 0,
      description:
        'Lines before the header, blank ones counted. Unless said, a title of one cell above wider lines is passed over where a header is found below it, and the run says so.',
    }),
  ),
  comment: t.optional(
    t.text({
      minLength: 1,
      description: 'A line that begins with it, outside quotes, is no row.',
      examples: ['#'],
    }),
  ),
  missing_cells: t.optional(
    t.oneOf([null, 'refuse'], {
      default: 'refuse',
      description:
        'What becomes of a line that ends before its last cells: `null` fills them, else it is refused.',
    }),
  ),
})

export type CsvOptions = Static<typeof csvOptions>
