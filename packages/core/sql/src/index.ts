export { exactSum, exactSumScale, typeOf } from './aggregate.ts'
export { canonicalText, isPlain, isRewritten, textKey } from './canonical-text.ts'
export { type Column, isFloating, isInteger, isNumeric, isTemporal, isText } from './column.ts'
export { quoteName, Sql, type SqlTag, type SqlValue, sql } from './sql.ts'
