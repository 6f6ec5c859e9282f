export { DuckDbBinder } from './binder.ts'
export { CachedBinder } from './cached-binder.ts'
export { Database } from './database.ts'
export { resourceFailure } from './failures.ts'

export { toJson } from './json-value.ts'

export { type MartTable, publishMart } from './mart-file.ts'

export { Session } from './session.ts'
