const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** A text as it stands in HTML or SVG, in an attribute too. Characters that no document may hold are left out. */
export function escapeText(text: string): string {
  return text
    .replace(/[^\P{Cc}\n\t]|\p{Cs}|\p{Noncharacter_Code_Point}/gu, '')
    .replace(/[&<>"']/g, (one) => entities[one]!)
}
