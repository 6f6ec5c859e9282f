import { type Static, t } from '@sillage/sdk'

const bound = (description: string) => t.optional(t.either(t.number(), t.text(), { description }))

/** What a contract says of one column. */
export const columnSpec = t.object({
  from: t.optional(t.column({ description: 'The column of the input; default: the same name.' })),
  type: t.text({
    description:
      'text, integer (64 bits), double, decimal(p,s), boolean, date or timestamp. A value that the type cannot hold exactly refuses its row.',
    examples: ['text', 'integer', 'double', 'decimal(18,2)', 'boolean', 'date', 'timestamp'],
  }),
  required: t.optional(
    t.boolean({ description: 'Refuse a row without a value. Null passes every other rule.' }),
  ),
  min: bound('Smallest value that passes.'),
  max: bound('Largest value that passes.'),
  above: bound('Values must be greater than this.'),
  below: bound('Values must be smaller than this.'),
  values: t.optional(t.list(t.scalar(), { minItems: 1, description: 'The only values that pass.' })),
  pattern: t.optional(t.pattern({ description: 'Regular expression (RE2) that the whole text must match.' })),
  format: t.optional(
    t.either(t.text({ minLength: 1 }), t.list(t.text({ minLength: 1 }), { minItems: 1 }), {
      description:
        'How a text writes dates, such as "%d/%m/%Y"; the first of a list that fits. Names of months and am/pm in any capitals; %z reads an offset, and the time becomes UTC. ISO 8601 unless said.',
    }),
  ),
  decimal: t.optional(
    t.oneOf(['.', ','], { description: 'The decimal sign of numbers in text; default: a point.' }),
  ),
  thousands: t.optional(
    t.oneOf([' ', '.', ',', "'"], {
      description:
        'What may separate groups of three digits in text; a space stands for the blanks of typography too, an apostrophe for ’.',
    }),
  ),
  nulls: t.optional(
    t.list(t.text(), {
      description: 'Texts that mean "no value", besides blank text.',
      examples: [['N/A', '-']],
    }),
  ),
  yes: t.optional(
    t.list(t.text(), { minItems: 1, description: 'Texts that mean true, in any case; default: true.' }),
  ),
  no: t.optional(
    t.list(t.text(), { minItems: 1, description: 'Texts that mean false, in any case; default: false.' }),
  ),
  trim: t.optional(
    t.boolean({
      description:
        'Cut the blanks around a text and write it in one form: Unicode NFC, plain spaces, no characters that nobody sees. false leaves a text as it came.',
      default: true,
    }),
  ),
  entities: t.optional(
    t.oneOf(['keep', 'decode'], {
      description:
        'decode reads the HTML entities of a text, once: `Tea &amp; Co` → `Tea & Co`. They are kept unless said.',
    }),
  ),
  on_invalid: t.optional(
    t.oneOf(['refuse', null, 'null'], {
      description:
        'What a value that breaks a rule of its column does: refuse its row, unless said, or become null, which is counted and told.',
    }),
  ),
  personal: t.optional(t.boolean({ description: 'The values identify a person.' })),
  description: t.optional(t.text({ description: 'Becomes the comment of the column in marts.' })),
})

export type ColumnSpec = Static<typeof columnSpec>
