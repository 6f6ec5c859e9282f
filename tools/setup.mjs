/** Brings a fresh clone to a runnable state: installs what the lock file names, then builds what changed. Safe to run again. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const stamp = join(root, 'node_modules', '.sillage-lock')
const lock = () => readFileSync(join(root, 'package-lock.json'), 'utf8')

/** Runs quietly; what a command printed is shown only if it failed. */
const run = (command, args) => {
  const done = spawnSync(command, args, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 })
  if (done.status === 0) return
  console.error(`${done.stdout ?? ''}${done.stderr ?? ''}${done.error?.message ?? ''}`)
  process.exit(done.status ?? 1)
}

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock()) {
  console.error('Installing dependencies …')
  // Not `npm ci`: it refuses a lock file that lacks an optional package of another platform which the registry does not serve.
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'])
  // Read anew: the install may have added packages of other platforms to it.
  writeFileSync(stamp, lock())
}
const built = join(root, 'packages/apps/cli/dist/main.js')
if (!existsSync(built)) console.error('Building …')
run(join(root, 'node_modules/.bin/turbo'), [
  'run',
  'build',
  '--output-logs=errors-only',
  '--no-update-notifier',
  '--log-order=grouped',
])
