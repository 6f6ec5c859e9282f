import { columnData } from '@sillage/sql/arrow'
import { Utf8, Vector } from 'apache-arrow'

/** A Utf8 vector of the texts, without nulls. */
export function textVector(texts: readonly string[]): Vector<Utf8> {
  const offsets = new Int32Array(texts.length + 1)
  const parts = texts.map((text) => Buffer.from(text))
  for (const [index, part] of parts.entries()) offsets[index + 1] = offsets[index]! + part.length
  const bytes = new Uint8Array(Buffer.concat(parts))
  return new Vector([columnData({ type: new Utf8(), rows: texts.length, values: bytes, offsets })])
}
