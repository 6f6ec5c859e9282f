import { shapesOf } from './shapes.ts'

/** The shapes of files without sections. Of each the build makes a validator, `@sillage/pipeline/validators/<name>`. */
export const shapes = shapesOf([])
