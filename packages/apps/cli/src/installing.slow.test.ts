import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../../../..')

/** A command as one types it in a folder, without what this test was started with. */
function typed(folder: string, command: string, args: readonly string[]) {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^npm_(?!config_(registry|cache|userconfig))/i.test(name),
    ),
  )
  const done = spawnSync(command, args, { cwd: folder, env: { ...env, NO_COLOR: '1' }, encoding: 'utf8' })
  return { exit: done.status, out: done.stdout, err: done.stderr }
}

describe('from one file, in an empty folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sillage-install-'))
  let isReached = true
  beforeAll(() => {
    execFileSync(process.execPath, [join(root, 'tools/pack.mjs'), folder])
    isReached = typed(folder, 'npm', ['view', 'commander@14.0.3', 'version']).exit === 0
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('installs, makes a project and runs it; npm install in the project works too', ({ skip }) => {
    if (!isReached) skip('the registry is not reached')
    const [file] = readdirSync(folder)
    expect(file).toMatch(/^sillage-cli-\d+\.\d+\.\d+\.tgz$/)
    const quiet = ['--no-audit', '--no-fund', '--prefer-offline']
    const installed = typed(folder, 'npm', ['install', `./${file}`, ...quiet])
    expect(installed.exit, installed.err).toBe(0)
    const made = typed(folder, 'npx', ['--no-install', 'sillage', 'init', 'shop'])
    expect(made.exit, made.err).toBe(0)
    const shop = join(folder, 'shop')
    const run = typed(shop, 'npx', ['--no-install', 'sillage', 'run'])
    expect(run.exit, run.err).toBe(0)
    expect(JSON.parse(readFileSync(join(shop, 'package.json'), 'utf8'))).toMatchObject({
      name: 'shop',
      dependencies: { '@sillage/cli': `file:../${file}` },
    })

    const own = typed(shop, 'npm', ['install', ...quiet])
    expect(own.exit, own.err).toBe(0)
    const lock = JSON.parse(readFileSync(join(shop, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { resolved?: string; inBundle?: boolean }>
    }
    const ours = Object.entries(lock.packages).filter(([path]) => /(^|\/)@sillage\/[^/]+$/.test(path))
    expect(ours.length).toBeGreaterThan(20)
    for (const [path, { resolved, inBundle }] of ours)
      expect(inBundle || resolved === `file:../${file}`, path).toBe(true)
    const report = typed(shop, 'npx', ['--no-install', 'sillage', 'report'])
    expect(report.exit, report.err).toBe(0)
  })
})
