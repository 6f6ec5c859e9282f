import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { formFolder } from '../segments.ts'

/** Places lines of JSON as if a form had received them: a fixture for examples of plugins that read forms. */
export function placeReceived(
  inbox: string,
  { form, lines }: { readonly form: string; readonly lines: string },
): void {
  const folder = formFolder(inbox, form)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, '000001.jsonl'), lines)
}
