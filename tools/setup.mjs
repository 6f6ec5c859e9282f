/** Brings a fresh clone to a runnable state: installs what the lock file names, then builds what changed. Safe to run again. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const stamp = join(root, 'node_modules', '.sillage-lock')
const lock = readFileSync(join(root, 'package-lock.json'), 'utf8')

const run = (command, args) => {
  const done = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
  if (done.status !== 0) process.exit(done.status ?? 1)
}

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
  console.error('Installing dependencies …')
  // Not `npm ci`: it refuses a lock file that lacks an optional package of another platform which the registry does not serve.
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'])
  writeFileSync(stamp, lock)
}
run(join(root, 'node_modules/.bin/turbo'), [
  'run',
  'build',
  '--output-logs=errors-only',
  '--no-update-notifier',
  '--log-order=grouped',
])
