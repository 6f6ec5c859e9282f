import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Files } from '../project.ts'
import type { Outcome } from './verdict.ts'

process.env.UV_THREADPOOL_SIZE ??= '16'
process.env.NO_COLOR = '1'

/** A process that runs the command line on one case after the other, within itself, and may die of one. */
const home = process.argv[2]!
const { main } = (await import(new URL('../../../../apps/cli/dist/main.js', import.meta.url).href)) as {
  readonly main: (argv: readonly string[]) => Promise<void>
}

async function run(files: Files): Promise<Outcome> {
  rmSync(home, { recursive: true, force: true })
  mkdirSync(home, { recursive: true })
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(home, name)), { recursive: true })
    writeFileSync(join(home, name), content)
  }
  process.chdir(home)
  const written = { out: '', err: '' }
  const { stdout, stderr } = process
  const before = [stdout.write, stderr.write] as const
  const keep = (name: keyof typeof written) => (part: string) => {
    written[name] += part
    return true
  }
  stdout.write = keep('out') as typeof stdout.write
  stderr.write = keep('err') as typeof stderr.write
  process.exitCode = 0
  try {
    const args = ['run', 'pipeline.yaml', '--threads', '1', '--memory', '400MB', '--output', 'json']
    await main([process.execPath, 'sillage', ...args])
    return { exit: Number(process.exitCode), ...written }
  } finally {
    stdout.write = before[0]
    stderr.write = before[1]
    process.exitCode = 0
    stdout.removeAllListeners('error')
    stderr.removeAllListeners('error')
  }
}

process.on('message', (files: Files) => {
  run(files).then(
    (outcome) => process.send!({ outcome }),
    (error: Error) => process.send!({ thrown: String(error.stack) }),
  )
})
process.on('disconnect', () => process.exit(0))
process.send!({ ready: true })
