import { Worker } from 'node:worker_threads'
import type { ConnectionRole, Plugin } from '@sillage/sdk'

/** What a plugin says of itself, as plain data. */
export type PluginFacts = Pick<Plugin, 'summary' | 'config'> & {
  readonly name: string
  readonly style: Plugin['style'] | 'connection'
  readonly inputs?: Readonly<Record<string, string>>
  readonly outputs?: Readonly<Record<string, string>>
  readonly connection?: readonly string[]
  readonly needsConnection?: boolean
  /** Of a definition of a connection. */
  readonly roles?: readonly ConnectionRole[]
}

const heapMb = 512

/** What the thread says: a module that never settles says nothing and leaves. */
type Answer = { readonly facts: string | undefined } | { readonly error: string }

const script = `
const { parentPort, workerData } = require('node:worker_threads')
import(workerData).then(
  ({ default: plugin }) => {
    const { name, style, summary, config, inputs, outputs, connection, needsConnection, roles } = plugin ?? {}
    const facts = { name, style, summary, config, inputs, outputs, connection, needsConnection, roles }
    parentPort.postMessage({ facts: JSON.stringify(facts) })
  },
  (error) => parentPort.postMessage({ error: String(error?.message ?? error) }),
)
`

/**
 * Loads a module in a thread of its own, and gives what its default export says. Throws an Error that says why it does not load: it threw,
 * left the process, waits for ever, took longer than `limitMs` or more memory than a plugin may.
 */
export async function describeModule(
  url: string,
  { limitMs }: { readonly limitMs: number },
): Promise<PluginFacts> {
  const worker = new Worker(script, {
    eval: true,
    workerData: url,
    stdout: true,
    resourceLimits: { maxOldGenerationSizeMb: heapMb },
  })
  // Standard output belongs to the document that a command prints.
  worker.stdout.pipe(process.stderr, { end: false })
  let limit: NodeJS.Timeout | undefined
  try {
    const answer = await new Promise<Answer>((resolve) => {
      worker.once('message', resolve)
      worker.once('error', (error: NodeJS.ErrnoException) =>
        resolve({
          error:
            error.code === 'ERR_WORKER_OUT_OF_MEMORY'
              ? `it takes more than ${heapMb} MB while it is loaded`
              : error.message,
        }),
      )
      worker.once('exit', (code) => resolve({ error: code === unsettled || code === 0 ? waits : left }))
      limit = setTimeout(() => {
        const seconds = (limitMs / 1000).toLocaleString('en')
        resolve({
          error: `it took longer than ${seconds} s to load; look for an endless loop at its top, or allow more time in sillage.yaml: limits: { load: 1m }`,
        })
      }, limitMs)
    })
    if ('error' in answer) throw new Error(answer.error)
    return JSON.parse(answer.facts ?? '{}') as PluginFacts
  } finally {
    clearTimeout(limit)
    await worker.terminate()
  }
}

/** Node's exit code where a top-level await is never settled. */
const unsettled = 13
const waits = 'it waits for what will never come: it awaits at its top what nothing settles'
const left = 'it ended the process while it was loaded: take process.exit out of it'
