/**
 * Prints the path of a Chromium for the browser tests. Where there is none it is installed from Debian, if this process may; what kept it
 * from that is printed on stderr, with exit code 1, and not tried again for a day.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const failure = join(dirname(dirname(fileURLToPath(import.meta.url))), 'node_modules/.cache/sillage/browser')
const dayMs = 24 * 3600 * 1000
const mostMs = 240_000

const found = () =>
  (process.env.PATH ?? '')
    .split(':')
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((path) => existsSync(path))

const give = (path) => {
  console.log(path)
  process.exit(0)
}

const giveUp = (reason) => {
  console.error(reason)
  process.exit(1)
}

const known = found()
if (known) give(known)
if (process.getuid?.() !== 0) giveUp('no Chromium is installed, and only root may install one')
if (existsSync(failure) && Date.now() - statSync(failure).mtimeMs < dayMs)
  giveUp(readFileSync(failure, 'utf8'))

const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
const hasty = ['-o', 'Acquire::http::Timeout=20', '-o', 'Acquire::Retries=0']
for (const args of [
  ['update', '-qq'],
  ['install', '-y', '-qq', '--no-install-recommends', 'chromium'],
]) {
  const { status, error } = spawnSync('apt-get', [...hasty, ...args], {
    env,
    stdio: 'ignore',
    timeout: mostMs,
  })
  if (status === 0) continue
  const reason = `no Chromium is installed, and apt-get ${args[0]} ${error ? `could not run (${error.code})` : `ended with ${status}`}`
  mkdirSync(dirname(failure), { recursive: true })
  writeFileSync(failure, reason)
  giveUp(reason)
}
const installed = found()
if (installed) give(installed)
giveUp('apt-get installed chromium, and it is not in the PATH')
