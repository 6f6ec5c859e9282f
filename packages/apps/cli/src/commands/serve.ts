import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SillageError } from '@sillage/base'
import { readHolder, runPaths } from '@sillage/ledger'
import type { Project } from '@sillage/pipeline'
import { catchUpOf } from '@sillage/scheduler/keys'
import type { Host } from '@sillage/server'
import { type Command, InvalidArgumentError } from 'commander'
import { now } from '../clock.ts'
import { readLost } from '../lineage/lost-events.ts'
import { note, print, printJson } from '../output.ts'
import { martPathOf } from '../paths.ts'
import { servedInbox } from '../served-inbox.ts'
import { openPipeline, openProject, pipelinesOf } from '../workspace.ts'
import { type CommonOptions, wholeNumber } from './options.ts'

interface ServeOptions extends CommonOptions {
  readonly port: number
  readonly host: string
  readonly tokenFile?: string
  readonly readTokenFile?: string
  readonly cors?: string
  readonly jobs: number
}

export function registerServe(program: Command): void {
  program
    .command('serve')
    .description(
      'serve runs, plans, refused rows and marts of the project over HTTP, and start what is scheduled',
    )
    .option('--port <port>', '0 takes any that is free', portNumber, 7878)
    .option(
      '--host <address>',
      'address to listen on; any other than this machine needs a token',
      '127.0.0.1',
    )
    .option('--token-file <file>', 'holds the token that may operate (default: SILLAGE_TOKEN)')
    .option('--read-token-file <file>', 'holds the token that may only read (default: SILLAGE_READ_TOKEN)')
    .option('--cors <origin>', 'one other origin whose pages may send requests, such as https://ops.example')
    .option('--jobs <n>', 'how many runs at once; each uses its whole memory budget', wholeNumber, 1)
    .addHelpText(
      'after',
      '\nExamples:\n  sillage serve\n  sillage serve --host 0.0.0.0 --token-file /etc/sillage/token --env prod\n\nSIGINT or SIGTERM: the server accepts no more requests; runs that it started stop at their next safe point and keep\nfinished steps. A second signal ends them at once. The next run resumes where they ended.',
    )
    .action(serve)
}

async function serve({
  port,
  host,
  tokenFile,
  readTokenFile,
  cors,
  jobs,
  output,
}: ServeOptions): Promise<void> {
  const operate = readToken(tokenFile, 'SILLAGE_TOKEN')
  const read = readToken(readTokenFile, 'SILLAGE_READ_TOKEN')
  if (read !== undefined && operate === undefined) throw operatorMissing()
  const project = await openProject(process.cwd())
  const inbox = await servedInbox(project)
  const { startServer } = await import('@sillage/server')
  const server = await startServer(
    { ...hostOf(project), ...(inbox === undefined ? {} : { inbox }) },
    {
      host,
      port,
      jobs,
      cors,
      tokens: { ...(operate === undefined ? {} : { operate }), ...(read === undefined ? {} : { read }) },
    },
  )
  if (output === 'json') printJson({ server: { address: server.address, pid: process.pid } })
  else
    print(
      `Sillage serves ${project.folder} at ${server.address} (what it answers: ${server.address}/openapi)`,
    )
  await stopped(server)
}

/** Waits for the first signal and for the end of what goes on; a second one ends runs at once. */
async function stopped(server: { close(): Promise<void>; kill(): void }): Promise<void> {
  await new Promise<void>((done) => {
    let signals = 0
    const onSignal = (signal: NodeJS.Signals): void => {
      signals += 1
      if (signals === 1) {
        note(`\n${signal}: stopping; runs end at their next safe point (again to end them at once)`)
        void server.close().finally(() => {
          process.off('SIGINT', onSignal)
          process.off('SIGTERM', onSignal)
          done()
        })
      } else server.kill()
    }
    process.on('SIGINT', onSignal)
    process.on('SIGTERM', onSignal)
  })
}

function hostOf(project: Project): Host {
  const { places } = project
  return {
    folder: project.folder,
    hidden: Object.values(places),
    temp: join(places.work, 'tmp', '@reader'),
    command: [process.execPath, fileURLToPath(import.meta.resolve('@sillage/cli/bin'))],
    pipelines: async () =>
      (await pipelinesOf(project)).map(({ name, file, schedule }) => ({
        name,
        file,
        journals: runPaths({ places, pipeline: name }).journals,
        mart: martPathOf(places, name),
        ...(schedule === undefined ? {} : { schedule }),
      })),
    catchUp: async ({ file }) => {
      const { pipeline } = await openPipeline(file, {})
      return pipeline ? catchUpOf(pipeline) : 'none'
    },
    holders: (pipeline) =>
      runPaths({ places, pipeline }).databases.flatMap((path) => readHolder(path)?.pid ?? []),
    lineageLost: (pipeline) => readLost(places, pipeline)?.total ?? 0,
    now,
    say: note,
  }
}

const shortest = 16

/** A token from a file, else from a variable; undefined where neither is given. Throws `token_unreadable`, `token_weak`. */
function readToken(file: string | undefined, variable: string): string | undefined {
  const token = file === undefined ? process.env[variable] : textOf(file)
  if (token === undefined || (file === undefined && token === '')) return undefined
  const text = token.trim()
  if (text.length >= shortest && /^[\x21-\x7e]+$/.test(text)) return text
  throw new SillageError({
    code: 'token_weak',
    message: `The token of ${file ?? variable} is shorter than ${shortest} characters, or has blanks or others than ASCII`,
    hint: 'make one: openssl rand -hex 32',
  })
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new SillageError({
      code: 'token_unreadable',
      message: `The token file ${file} cannot be read (${(cause as NodeJS.ErrnoException).code})`,
      hint: 'check the path and the permissions',
      cause,
    })
  }
}

function operatorMissing(): SillageError {
  return new SillageError({
    code: 'token_missing',
    message: 'There is a token for reading, but none for operating: nobody could start a run',
    hint: 'set SILLAGE_TOKEN, or use --token-file',
  })
}

function portNumber(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new InvalidArgumentError('a number up to 65535')
  return Number(text)
}
