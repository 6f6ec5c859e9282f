import { type Static, t } from '@sillage/sdk'
import { fileOptions } from '../files/file-options.ts'
import { encodingNames } from '../text/utf8-copy.ts'

/** What the configuration of a JSON source may say. */
export const jsonOptions = t.object({
  ...fileOptions,
  columns: t.optional(
    t.map(t.text({ minLength: 1 }), {
      minProperties: 1,
      'x-key-role': 'new-column',
      description:
        'The columns to read and their place in a document: a key, or a path such as `$.contact.email`. Default: all keys of all documents.',
    }),
  ),
  all_text: t.optional(t.boolean({ default: false, description: 'Keep every column as text.' })),
  format: t.optional(
    t.oneOf(['lines', 'array', 'documents'], {
      description:
        'One document per line, one array of documents, or documents one after another that span several lines or share one. Default: detected.',
    }),
  ),
  encoding: t.optional(t.oneOf(encodingNames, { description: 'Default: detected.' })),
})

export type JsonOptions = Static<typeof jsonOptions>
