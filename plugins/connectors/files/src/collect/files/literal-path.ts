/** A path as DuckDB's readers take it: what they would read as a pattern (`[`, `*`, `?`) stands for itself. */
export function literalPath(path: string): string {
  return path.replaceAll(/[*?[]/g, '[$&]')
}
