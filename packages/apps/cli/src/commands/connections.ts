import {
  answerOf,
  type Diagnostic,
  didYouMean,
  exitCode,
  invalidInput,
  isSillageError,
  messageOf,
  SillageError,
} from '@sillage/base'
import { type ReadConnection, readConnection, strongestOf } from '@sillage/pipeline'
import { testConnection } from '@sillage/sdk'
import type { Command } from 'commander'
import colors from 'picocolors'
import { formatDiagnostic, note, print, printJson, withHint } from '../output.ts'
import { readSecret } from '../secrets.ts'
import { stopOnSignals } from '../stop-on-signals.ts'
import { table } from '../terminal/table.ts'
import { openPipeline, openWorkspace, pipelinesOf, type Workspace } from '../workspace.ts'
import type { CommonOptions } from './options.ts'

export function registerConnections(program: Command): void {
  program
    .command('connections')
    .description('list the connections; `connections test [name]` finds out whether their systems answer')
    .argument('[action]', 'test')
    .argument('[name]', 'one of them (default: all)')
    .addHelpText(
      'after',
      '\nExamples:\n  sillage connections\n  sillage connections test\n  sillage connections test crm --env prod\n\nA test changes nothing at the other side, and prints no secret. It exits 1 where a system does not answer, 78 where a connection is\ndeclared wrongly.',
    )
    .action(async (action: string | undefined, name: string | undefined, { output }: CommonOptions) => {
      if (action !== undefined && action !== 'test') throw unknownAction(action)
      const workspace = await openWorkspace(process.cwd())
      const { found, unread } = await foundIn(workspace)
      if (action === undefined || name !== undefined) for (const one of unread) note(formatDiagnostic(one))
      else if (unread.length > 0) throw invalidInput(unread)
      if (action === undefined) list(found, output)
      else await test(name === undefined ? found : [named(name, found)], workspace, output)
    })
}

/** A connection with what it is found in: the project, an environment, or a pipeline of this name. */
interface Found extends ReadConnection {
  readonly from: string
}

/** Those of the project in its environment, then those that pipelines declare for themselves. */
async function foundIn({ project, connectionTypes: types }: Workspace): Promise<{
  readonly found: readonly Found[]
  /** Why pipelines cannot be read: their connections are not among those found. */
  readonly unread: readonly Diagnostic[]
}> {
  const declared = [...strongestOf(project.connections ?? []).values()]
  const own = await Promise.all(
    declared.map(async (one) => ({
      ...(await readConnection(one, { types, env: process.env, params: {} })),
      from: one.by === 'environment' ? `environment ${project.environment}` : 'sillage.yaml',
    })),
  )
  const ofPipelines: Found[] = []
  const unread: Diagnostic[] = []
  for (const { name, file } of await pipelinesOf(project)) {
    const { connections, diagnostics } = await openPipeline(file, {})
    if (connections === undefined) unread.push(...diagnostics)
    for (const one of connections ?? [])
      if (one.declared.by === 'pipeline') ofPipelines.push({ ...one, from: name })
  }
  return { found: [...own, ...ofPipelines], unread }
}

function named(name: string, found: readonly Found[]): Found {
  const one = found.find(({ declared }) => declared.name === name)
  if (one) return one
  const names = found.map(({ declared }) => declared.name)
  throw new SillageError({
    code: 'connection_unknown',
    message: `There is no connection "${name}"`,
    hint: didYouMean(name, names) ?? 'declare it in sillage.yaml: connections: { … }',
    exit: exitCode.usage,
  })
}

function unknownAction(action: string): SillageError {
  return new SillageError({
    code: 'action_unknown',
    message: `connections cannot ${action}`,
    hint: 'sillage connections, or sillage connections test <name>',
    exit: exitCode.usage,
  })
}

function list(found: readonly Found[], output: CommonOptions['output']): void {
  const rows = found.map(({ declared, diagnostics, from }) => ({
    name: declared.name,
    type: String(declared.text.type ?? ''),
    from,
    diagnostics,
  }))
  if (output === 'json') {
    printJson({ connections: rows })
    return
  }
  if (rows.length === 0) {
    print(noConnections)
    return
  }
  for (const { diagnostics } of rows) for (const one of diagnostics) note(formatDiagnostic(one))
  print(
    table(
      [{ title: 'connection' }, { title: 'type' }, { title: 'declared in' }],
      rows.map(({ name, type, from: where }) => [name, type, where]),
    ),
  )
}

const noConnections = `There are no connections. ${colors.cyan('→')} declare one in sillage.yaml: connections: { crm: { type: http, address: "https://…" } }`

interface Tested {
  readonly name: string
  readonly type: string
  readonly from: string
  readonly ok: boolean
  /** What was seen, or why it does not answer. */
  readonly message: string
  readonly code?: string
  readonly hint?: string | undefined
}

/** Tests connections one after the other: they may lead to one server. */
async function test(
  found: readonly Found[],
  { project }: Workspace,
  output: CommonOptions['output'],
): Promise<void> {
  const wrong = found.flatMap(({ diagnostics }) => diagnostics)
  if (wrong.some(({ severity }) => severity === 'error')) throw invalidInput(wrong)
  const abort = new AbortController()
  const stop = stopOnSignals(abort)
  try {
    const tested: Tested[] = []
    for (const one of found) {
      const answer = await answered(one, {
        signal: abort.signal,
        secret: (secret) => readSecret(secret, project),
      })
      tested.push(answer)
      if (output !== 'json') tell(answer)
    }
    if (output === 'json') printJson({ connections: tested })
    else if (tested.length === 0) print(noConnections)
    if (tested.some(({ ok }) => !ok)) process.exitCode = exitCode.failed
  } finally {
    stop()
  }
}

async function answered(
  { declared, ref, from }: Found,
  facts: Parameters<typeof testConnection>[1],
): Promise<Tested> {
  const about = { name: declared.name, type: ref!.type, from }
  try {
    const saw = await answerOf(testConnection(ref!, facts), {
      plugin: `connection ${declared.name}`,
      signal: facts.signal,
    })
    return { ...about, ok: true, message: saw }
  } catch (error) {
    facts.signal.throwIfAborted()
    const { code, hint } = isSillageError(error) ? error : { code: 'connection_failed', hint: undefined }
    return { ...about, ok: false, message: messageOf(error), code, hint }
  }
}

function tell({ name, type, ok, message, code = '', hint }: Tested): void {
  if (ok) print(`${colors.green('ok')} ${name} (${type}): ${message}`)
  else print(`${colors.red('failed')} ${withHint({ code, message, hint })}`)
}
