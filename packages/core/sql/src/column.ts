/** A column of a relation. `type` is DuckDB's canonical name of the type, such as `BIGINT` or `DECIMAL(18,3)`. */
export interface Column {
  readonly name: string
  readonly type: string
  readonly comment?: string
  /** True where the values identify a person. */
  readonly personal?: boolean
  /** What the values are, in the words of the plugin contract (`Meaning` of the sdk) or of an app, for readers of the mart. */
  readonly meaning?: string
}

const integers = /^(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|UTINYINT|USMALLINT|UINTEGER|UBIGINT|UHUGEINT)$/

export function isInteger(type: string): boolean {
  return integers.test(type)
}

export function isFloating(type: string): boolean {
  return type === 'DOUBLE' || type === 'FLOAT'
}

export function isNumeric(type: string): boolean {
  return isInteger(type) || isFloating(type) || type.startsWith('DECIMAL')
}

export function isText(type: string): boolean {
  return type === 'VARCHAR' || type.startsWith('ENUM')
}

export function isTemporal(type: string): boolean {
  return type === 'DATE' || type.startsWith('TIMESTAMP')
}
