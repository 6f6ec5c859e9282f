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
        'The delimiter of cells; `whitespace` for columns separated by blanks, `tab` for tabs. Default: detected.',
      examples: [',', ';', 'tab', 'whitespace'],
    }),
  ),
  header: t.optional(
    t.boolean({ description: 'Whether the first line names the columns. Default: detected.' }),
  ),
  names: t.optional(
    t.list(t.text({ minLength: 1 }), {
      minItems: 1,
      uniqueItems: true,
      description: 'Names of the columns, replacing those of the header.',
    }),
  ),
  all_text: t.optional(t.boolean({ default: false, description: 'Keep every column as text.' })),
  encoding: t.optional(t.oneOf(encodingNames, { description: 'Default: detected.' })),
  nulls: t.optional(
    t.list(t.text(), {
      description:
        'Cells that mean "no value", as the file writes them, quotes included: `NA` is not `"NA"`. An empty cell always means it; `""` too, unless the list has an empty entry.',
      examples: [
        ['NA', '\\N'],
        ['', 'NULL'],
      ],
    }),
  ),
  quote: t.optional(
    t.text({ description: 'The quote character, `"` by default; empty for none.', default: '"' }),
  ),
  escape: t.optional(
    t.text({
      pattern: '^[\\x21-\\x7e]$',
      description:
        'The escape character inside quotes, such as `\\` in MySQL dumps. Default: a quote is doubled.',
      examples: ['\\'],
    }),
  ),
  skip_lines: t.optional(
    t.integer({
      minimum: 0,
      default: 0,
      description:
        'Lines before the header, blank ones counted. By default, a title of one cell above wider lines is skipped if a header is found below it, and the run says so.',
    }),
  ),
  comment: t.optional(
    t.text({
      minLength: 1,
      description: 'A line that begins with it, outside quotes, is not a row.',
      examples: ['#'],
    }),
  ),
  missing_cells: t.optional(
    t.oneOf([null, 'refuse'], {
      default: 'refuse',
      description:
        'What happens to a line with missing cells at its end: `null` fills them; otherwise the line is refused.',
    }),
  ),
})

export type CsvOptions = Static<typeof csvOptions>
