import { resolve } from 'node:path'
import { isSillageError, messageOf, SillageError, withoutSecrets, withSecrets } from '@sillage/base'
import { Pace } from '../http/pace.ts'
import type { Connection, ConnectionContext, ConnectionRef } from './connection.ts'

/** An opened connection: what a plugin is handed as `connection`. Undefined for a stage without one. */
export interface OpenConnection extends AsyncDisposable {
  readonly value: unknown
}

interface OpenFacts {
  readonly secret: (name: string) => string
  readonly signal: AbortSignal
}

/** A server counts the requests of this process, whichever stage sends them: one pace per connection. */
const paces = new Map<string, Pace>()

/** Opens the connection of a stage, with secrets resolved. Throws what its definition throws, without secrets. */
export async function openConnection(
  ref: ConnectionRef | undefined,
  facts: OpenFacts,
): Promise<OpenConnection> {
  if (ref === undefined) return { value: undefined, [Symbol.asyncDispose]: async () => {} }
  return await opened(ref, await prepared(ref, facts))
}

async function opened(
  ref: ConnectionRef,
  { definition, config, context }: Prepared,
): Promise<OpenConnection> {
  const value = await told(ref, context, async () => await definition.open({ config, context }))
  return {
    value,
    [Symbol.asyncDispose]: async () => {
      await definition.close?.(value)
    },
  }
}

/** Opens a connection and checks that its system answers. Returns what the definition saw; throws if it does not answer. */
export async function testConnection(ref: ConnectionRef, facts: OpenFacts): Promise<string> {
  const ready = await prepared(ref, facts)
  await using connection = await opened(ref, ready)
  const { definition, config, context } = ready
  const saw = await told(ref, context, async () =>
    definition.test({ connection: connection.value, config, context }),
  )
  return context.redact(saw)
}

/** The part of a connection that enters a fingerprint; undefined if its data identify themselves. */
export async function connectionIdentity(ref: ConnectionRef | undefined): Promise<unknown> {
  if (ref === undefined) return undefined
  const { identity } = await definitionOf(ref)
  return identity ? identity(ref.config) : ref.config
}

async function definitionOf({ module }: ConnectionRef): Promise<Connection> {
  const { default: definition } = (await import(module)) as { readonly default: Connection }
  return definition
}

interface Prepared {
  readonly definition: Connection
  readonly config: unknown
  readonly context: ConnectionContext
}

async function prepared(ref: ConnectionRef, { secret, signal }: OpenFacts): Promise<Prepared> {
  const definition = await definitionOf(ref)
  const config = withSecrets(ref.config, secret)
  const context = {
    signal,
    pace: paceOf(ref, definition),
    redact: withoutSecrets(ref.config, secret),
    resolve: (path: string) => resolve(ref.folder, path),
  }
  return { definition, config, context }
}

function paceOf(ref: ConnectionRef, { limits }: Connection): Pace {
  const key = JSON.stringify([ref.module, ref.name, ref.config])
  const pace = paces.get(key) ?? new Pace(limits?.(ref.config) ?? {})
  paces.set(key, pace)
  return pace
}

/** What a definition throws, with the connection's name and without its secrets. */
async function told<T>(
  { name }: ConnectionRef,
  { redact, signal }: ConnectionContext,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    signal.throwIfAborted()
    const { code, hint, retryable, facts } = isSillageError(cause)
      ? cause
      : { code: 'connection_failed' as const, hint: undefined, retryable: false, facts: {} }
    throw new SillageError({
      code,
      message: `The connection "${name}": ${redact(messageOf(cause))}`,
      hint: redact(hint ?? `check it: sillage connections test ${name}`),
      retryable,
      facts,
      cause,
    })
  }
}
