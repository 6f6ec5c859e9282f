import { bareText } from './bare-text.ts'

/** A company's name with its blanks cut, HTML entities read and nothing else changed: capitals are part of it. Null where nothing is left. */
export function normaliseCompany(text: string): string | null {
  const name = bareText(text)
  return name === '' ? null : name
}
