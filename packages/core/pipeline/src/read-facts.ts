import type { ConnectionTypes } from './connection-shape.ts'
import type { BrokenPlugin } from './pipeline.ts'
import type { Project } from './project.ts'
import type { Registry } from './registry.ts'
import type { Sections } from './sections.ts'

/** What a pipeline file is read with. */
export interface ReadFacts {
  /** Absolute path. */
  readonly file: string
  readonly project: Project
  readonly registry: Registry
  /** What apps add to the file; keys of others are unknown. */
  readonly sections?: Sections
  /** The definitions of connections; none unless said. */
  readonly connectionTypes?: ConnectionTypes
  /** Files of plugins that are not in the registry, since they are broken. */
  readonly broken?: readonly BrokenPlugin[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** Values of `--param`, as text. */
  readonly params: Readonly<Record<string, string>>
  /** The day that wins over what the file says of `as_of`: an ISO date, `today` or `yesterday`. */
  readonly asOf?: string | undefined
  /** When the run starts, for `today` and `yesterday`. Left out where nothing is run: these words then stand for a fixed day. */
  readonly now?: Date | undefined
}
