import { inboxShape } from './inbox-shape.ts'

/** Of each the build makes a validator, `@sillage/inbox/validators/<name>`. */
export const shapes = { inbox: inboxShape }
