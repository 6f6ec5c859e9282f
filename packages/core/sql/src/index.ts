export { exactSum, exactSumScale, typeOf } from './aggregate.ts'
export { canonicalText, isPlain, isRewritten, textKey } from './canonical-text.ts'
export { canonicalSql, canonicalValue, keySeparator } from './canonical-value.ts'
export { type Column, isFloating, isInteger, isNumeric, isTemporal, isText } from './column.ts'
export type {
  Database,
  DatabaseOptions,
  JsonRow,
  JsonValue,
  OpenDatabase,
  Session,
  SessionMemory,
} from './session.ts'
export { quoteName, Sql, type SqlTag, type SqlValue, sql } from './sql.ts'
export { withoutValues } from './without-values.ts'
