import type { RebuiltTable } from '@sillage/ledger'
import { configRoles } from '@sillage/plan'
import { canonicalValue } from '@sillage/sql'
import type { RemovalFacts } from './removal.ts'

/** Blanks the records of which a test is true, in all that was received. */
export type BlankRecords = (
  isTheirs: (line: string) => boolean,
) => Promise<readonly { readonly file: string; readonly form: string; readonly records: number }[]>

/** Blanks the person's records in all that was received, also while a server goes on receiving. Cursors of sources stay right. */
export async function blankReceived(
  facts: RemovalFacts,
  blankRecords: BlankRecords,
): Promise<readonly RebuiltTable[]> {
  const blanked = await blankRecords(isTheirs(facts))
  return blanked.map(({ file, form, records }) => ({ file, table: form, how: 'value', rows: records }))
}

/**
 * A record is theirs where fields that go by the key's names have its values, or where a value of any field is a personal one of theirs. Digits
 * alone are believed only under a name of the key, or one that is called an id.
 */
function isTheirs(facts: RemovalFacts): (line: string) => boolean {
  const { keys, identifiers } = facts
  const names = keys.map((key) => fieldNames(key.names, facts))
  const texts = new Set(
    [
      ...identifiers.personal,
      ...(keys.length === 1 ? identifiers.keys.filter(({ value }) => /\D/.test(value)) : []),
    ].map(({ value }) => canonicalValue(value)),
  )
  return (line) => {
    const fields = fieldsOf(line)
    if (fields.some(({ text }) => texts.has(text))) return true
    return keys.every(({ value }, part) =>
      fields.some(({ name, text }) => text === value && (names[part]!.has(name) || /(^|_)id$/i.test(name))),
    )
  }
}

/** Every name that a column of the key has at a stage, and the field of a record from which a source makes it. */
function fieldNames(
  names: ReadonlyMap<string, ReadonlySet<string>>,
  { pipeline }: RemovalFacts,
): ReadonlySet<string> {
  const found = new Set([...names.values()].flatMap((own) => [...own]))
  for (const { name, plugin, config } of pipeline.stages) {
    if (plugin.style !== 'source') continue
    for (const { isKey, text, path } of configRoles(config, plugin.config)) {
      if (!isKey || !names.get(name)?.has(text)) continue
      const from = path.reduce<unknown>(
        (inner, key) => (inner as Readonly<Record<string, unknown>>)[key],
        config,
      )
      const last =
        typeof from === 'string' ? from.split(/[.[\]"$]+/).findLast((part) => part !== '') : undefined
      if (last !== undefined) found.add(last)
    }
  }
  return found
}

const token = /("(?:[^"\\]|\\.)*")(\s*:)?|-?\d[\d.eE+-]*/g

/** The values of a line of JSON in canonical form, each with the name before it; numbers with the digits that they have. */
function fieldsOf(line: string): readonly { readonly name: string; readonly text: string }[] {
  const fields: { readonly name: string; readonly text: string }[] = []
  let name = ''
  for (const [found, quoted, colon] of line.matchAll(token)) {
    const text = quoted === undefined ? found : textOf(quoted)
    if (colon !== undefined) name = text
    else fields.push({ name, text: canonicalValue(text) })
  }
  return fields
}

/** A text without its quotes and escapes; with its escapes where they are damaged. */
function textOf(quoted: string): string {
  try {
    return JSON.parse(quoted) as string
  } catch {
    return quoted.slice(1, -1)
  }
}
