import { shapesOf } from '@sillage/pipeline'
import { sections } from './sections.ts'

/** The shapes of files with all sections. Of each the build makes a validator, `@sillage/cli/validators/<name>`. */
export const shapes = shapesOf(sections.all)
