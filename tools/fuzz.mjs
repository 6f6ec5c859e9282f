import { execFileSync, spawnSync } from 'node:child_process'

/**
 * Mutated projects, then every property of the repository, with a seed that was never drawn or the one that is given. Options go on to
 * the first: `npm run fuzz -- --seed 7 --count 500`.
 */
const given = process.argv.slice(2)
const at = given.indexOf('--seed')
const seed = at < 0 ? String(Date.now() % 1_000_000) : given[at + 1]
const list = ['grep', '-l', "from 'fast-check'", '--', '*.test.ts']
const files = execFileSync('git', list, { encoding: 'utf8' }).trim().split('\n')

function run(script, options) {
  const env = { ...process.env, SILLAGE_FUZZ_SEED: seed }
  return spawnSync(process.execPath, [script, ...options], { stdio: 'inherit', env }).status === 0
}

const mutations = run('packages/proof/faults/dist/fuzz/main.js', at < 0 ? [...given, '--seed', seed] : given)
process.stderr.write(`properties of ${files.length} files, seed ${seed}\n`)
const properties = run('node_modules/vitest/vitest.mjs', ['run', ...files])
if (!mutations || !properties) process.stderr.write(`again with: npm run fuzz -- --seed ${seed}\n`)
process.exitCode = mutations && properties ? 0 : 1
