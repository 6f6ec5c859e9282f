import { type Sql, sql } from './sql.ts'

/** Between the parts of a key of several columns. */
export const keySeparator = '\u001f'

/**
 * The form in which values of a key are compared: as text, blanks around it cut, `17850.0` as `17850`, and what looks like an e-mail
 * address in lower case. Other texts keep their case: two ids may differ by it.
 */
export function canonicalValue(text: string): string {
  const plain = text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '').replace(/^(-?[0-9]+)\.0+$/, '$1')
  return plain.includes('@') ? plain.toLowerCase() : plain
}

/** As `canonicalValue`, of a column. */
export function canonicalSql(column: Sql): Sql {
  const plain = sql`regexp_replace(trim(cast(${column} as varchar), ' ' || chr(9) || chr(10) || chr(13)), '^(-?[0-9]+)[.]0+$', '\\1')`
  return sql`(case when contains(cast(${column} as varchar), '@') then lower(${plain}) else ${plain} end)`
}
