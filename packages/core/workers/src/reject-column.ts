import type { Column } from '@sillage/sql'

/** The reserved column of refused rows, as it leaves a worker: the last one, where a plugin declares rules. */
export const rejectColumn: Column = { name: '_reject', type: 'BIGINT' }
