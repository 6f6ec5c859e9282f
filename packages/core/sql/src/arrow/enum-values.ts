/** The values of a type printed as `ENUM('a', 'it''s')`, in the order of their codes; undefined for any other type. */
export function enumValues(type: string): readonly string[] | undefined {
  if (!type.startsWith('ENUM(')) return undefined
  return [...type.slice(5, -1).matchAll(/'((?:[^']|'')*)'/g)].map(([, text]) => text!.replaceAll("''", "'"))
}
