const operators = /^(not_null|unique|accepted_values|range|relationships|row_count|rejected)\((.*)\)$/s

/** The name of a check taken apart: that of one which the file named itself has no kind. */
export function checkParts(name: string): { readonly kind: string; readonly about: string } | undefined {
  const key = /^key of (.+) is (not null|unique)$/.exec(name)
  if (key) return { kind: key[2] === 'unique' ? 'key_unique' : 'key_not_null', about: key[1]! }
  const [, kind, about] = operators.exec(name) ?? []
  return kind === undefined ? undefined : { kind, about: about! }
}
