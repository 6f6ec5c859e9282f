/** Errors of names and grammar: what they quote was written by the author of the pipeline, not by a customer. */
const ofText = /^(Parser|Binder|Catalog|Syntax|Not implemented|Dependency|Permission|IO) Error/i

/**
 * Leaves values out of a message of DuckDB: what stands in single quotes; where data failed also what stands in double quotes, on
 * further lines, operands and numbers. Names of types and columns stay.
 */
export function withoutValues(told: string): string {
  const message = told.trim().replace(/^Failed to extract statements: /, '')
  const lines = message.split('\n')
  if (ofText.test(message))
    return withoutTexts(lines.slice(0, 2).join(' ')).replaceAll(/"[^"\n]{0,200}"(?= to )/g, '"…"')
  return withoutTexts(lines[0]!)
    .replace(/\s*(Original Line|Input|Line):[\s\S]*$/i, '')
    .replaceAll(/"(?:[^"\\]|\\.)*"?/g, '"…"')
    .replaceAll(/\([^()]*\s[-+*/%]\s[^()]*\)/g, '(…)')
    .replaceAll(/(?<![\p{L}\d_(,.])-?\d[\d.eE+-]*/gu, '…')
}

function withoutTexts(message: string): string {
  return message.replaceAll(/'(?:[^']|'')*'/g, "'…'")
}
