import type { Form } from '@sillage/inbox'

/** A pipeline of the project, with the places that the server reads. All paths are absolute. */
export interface ServedPipeline {
  readonly name: string
  readonly file: string
  /** Folder of its journals. */
  readonly journals: string
  /** The link that readers of its mart open. */
  readonly mart: string
  /** As written in the file. */
  readonly schedule?: string
}

/** A form, with what concerns its route. */
export interface ServedForm extends Form {
  readonly origins: readonly string[]
  /** Requests a minute of one address. */
  readonly rate: number
  /** Where a browser goes after it sent a form. */
  readonly redirect?: string
  /** JSON Schema of an event, for /openapi.json. */
  readonly schema: object
}

/** What the server takes at /collect. */
export interface ServedInbox {
  /** Absolute folder of the segments. */
  readonly folder: string
  readonly forms: readonly ServedForm[]
  /** Addresses of proxies that are believed when they say whose request it is. */
  readonly proxies: readonly string[]
}

/** What the command line gives the server: the project as it is now, and how to start the command line in a process of its own. */
export interface Host {
  /** Absolute folder of the project, in which children start. */
  readonly folder: string
  /** Absolute folders that no answer names: they are left out of texts. */
  readonly hidden: readonly string[]
  /** Folder for what a reader spills. */
  readonly temp: string
  /** Program and first arguments of the command line. */
  readonly command: readonly [program: string, ...first: readonly string[]]
  /** Absent where the project has no forms. */
  readonly inbox?: ServedInbox
  pipelines(): Promise<readonly ServedPipeline[]>
  /** Whether one run makes up for times of the schedule that were missed, as the pipeline says. Asked only where some were. */
  catchUp(pipeline: ServedPipeline): Promise<'once' | 'none'>
  /** The processes that work on a pipeline now: a run, beside it perhaps one of a sample. */
  holders(pipeline: string): readonly number[]
  /** Events of lineage of a pipeline's runs that no receiver took, all of them. */
  lineageLost(pipeline: string): number
  readonly now: () => Date
  /** A line for whoever watches the server. Never a value of a customer. */
  readonly say: (text: string) => void
}

export type Role = 'read' | 'operate'

export interface ServerOptions {
  readonly host: string
  readonly port: number
  /** Tokens by role; none at all: everyone who reaches a local address may operate. */
  readonly tokens: { readonly operate?: string; readonly read?: string }
  /** The one origin whose pages may call. */
  readonly cors?: string | undefined
  /** How many runs at once; others wait in the queue. */
  readonly jobs: number
  /** Requests a minute of one address. */
  readonly rate?: number
  readonly requestTimeoutMs?: number
  readonly bodyBytes?: number
}
