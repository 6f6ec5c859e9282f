import type { Engine } from '@sillage/steps'

/** Where an engine is found: it is opened here, and in processes that are killed. */
export interface EngineUnderTest {
  /** URL of a built module. */
  readonly module: string
  /** The name under which the module exports the engine. */
  readonly name: string
  /** False where the packages of the plugins run their examples on it themselves (`describePlugins`). */
  readonly runsExamples?: boolean
}

export async function loadEngine({ module, name }: EngineUnderTest): Promise<Engine> {
  return ((await import(module)) as Readonly<Record<string, Engine>>)[name]!
}
