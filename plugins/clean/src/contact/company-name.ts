/** A company's name with its blanks cut and nothing else changed: capitals are part of it. Null where nothing is left. */
export function normaliseCompany(text: string): string | null {
  const name = text
    .normalize('NFC')
    .replace(/[\s\u00a0\u202f]+/gu, ' ')
    .trim()
  return name === '' ? null : name
}
