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
        'The columns to read and where each stands: a key, or a path such as `$.contact.email`. All keys of all documents unless said.',
    }),
  ),
  all_text: t.optional(t.boolean({ default: false, description: 'Leave every column text.' })),
  format: t.optional(
    t.oneOf(['lines', 'array', 'documents'], {
      description:
        'One document a line, one array of documents, or documents one after another that go over several lines or share one. Found in the file unless said.',
    }),
  ),
  encoding: t.optional(t.oneOf(encodingNames, { description: 'Found in the file unless said.' })),
})

export type JsonOptions = Static<typeof jsonOptions>
