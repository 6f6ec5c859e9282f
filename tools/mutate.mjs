/**
 * Asks of the tests that stand in a room whether they hold what it decides: draws mutations by seed (a condition negated, a bound changed, a statement
 * dropped), runs the room's own tests with each, and lists those that nobody noticed: the test beside the file first, then all of the room that
 * reach it by their imports. Works in place and puts every file back; it refuses to begin where a file has changes that are not committed.
 *
 *   node tools/mutate.mjs --seed 7 --count 60 --rooms run,steps,workers,deliver,upkeep,plan
 *
 * `--part 2/4` tries the second of four parts of what is drawn: parts may run beside each other, each in a copy of the repository.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import ts from 'typescript'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '60' },
    rooms: { type: 'string', default: 'run,steps,workers,deliver,upkeep,plan' },
    part: { type: 'string', default: '1/1' },
    list: { type: 'boolean', default: false },
  },
})
/** How long the tests of a room may take with a mutation before it counts as noticed: it hangs. */
const hangsMs = 240_000

/** Ends the tests under way, with all processes that they started: one of them may be in an endless loop. */
let endTests = () => {}
let isStopped = false
process.on('SIGINT', () => {
  isStopped = true
  endTests()
})

const bounds = new Map([
  [ts.SyntaxKind.LessThanToken, '<='],
  [ts.SyntaxKind.LessThanEqualsToken, '<'],
  [ts.SyntaxKind.GreaterThanToken, '>='],
  [ts.SyntaxKind.GreaterThanEqualsToken, '>'],
  [ts.SyntaxKind.EqualsEqualsEqualsToken, '!=='],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, '==='],
  [ts.SyntaxKind.AmpersandAmpersandToken, '||'],
  [ts.SyntaxKind.BarBarToken, '&&'],
])

if (spawnSync('git', ['diff', '--quiet', 'HEAD'], { cwd: root }).status !== 0) {
  console.error(
    'there are changes that are not committed: commit them first, since files are changed in place',
  )
  process.exit(2)
}
const all = values.rooms.split(',').flatMap((room) => mutationsOf(room))
const random = generator(Number(values.seed))
const [part, parts] = values.part.split('/').map(Number)
const drawn = Array.from({ length: Math.min(Number(values.count), all.length) }, () =>
  all.splice(Math.floor(random() * all.length), 1).at(0),
).filter((_, index) => index % parts === part - 1)
let noticed = 0
for (const one of drawn) {
  const shown = `${one.file}:${one.line} ${one.what}`
  if (values.list) console.log(shown)
  else if (await isNoticed(one)) noticed += 1
  else console.log(`not noticed: ${shown}`)
}
if (!values.list) console.log(`${noticed} of ${drawn.length} noticed`)

/** All that can be changed in the sources of a room. */
function mutationsOf(room) {
  const folder = `packages/core/${room}/src`
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/\.(test|fixture)\.|testing\/|index\.ts$/.test(file))
    .sort()
    .flatMap((file) => mutationsIn(`${folder}/${file}`, room))
}

function mutationsIn(file, room) {
  const text = readFileSync(join(root, file), 'utf8')
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const found = []
  const add = (node, replacement, what) =>
    found.push({
      room,
      file,
      line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1,
      start: node.getStart(),
      end: node.end,
      replacement,
      what: `${what}: ${node.getText().replaceAll(/\s+/g, ' ').slice(0, 90)}`,
    })
  const visit = (node) => {
    if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isImportDeclaration(node)) return
    if (ts.isIfStatement(node) || ts.isConditionalExpression(node)) {
      const condition = ts.isIfStatement(node) ? node.expression : node.condition
      add(condition, `!(${condition.getText()})`, 'condition negated')
    }
    if (ts.isBinaryExpression(node) && bounds.has(node.operatorToken.kind))
      add(node.operatorToken, bounds.get(node.operatorToken.kind), 'bound changed')
    if (ts.isExpressionStatement(node) && !ts.isStringLiteral(node.expression))
      add(node, ';', 'statement dropped')
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

/** Whether the room's own tests fail with the mutation. */
async function isNoticed({ room, file, start, end, replacement }) {
  const path = join(root, file)
  const text = readFileSync(path, 'utf8')
  const beside = file.replace(/\.ts$/, '.test.ts')
  try {
    writeFileSync(path, text.slice(0, start) + replacement + text.slice(end))
    return (
      (existsSync(join(root, beside)) && (await fails(['run', beside]))) ||
      (await fails(['related', '--run', '--project', room, file]))
    )
  } finally {
    writeFileSync(path, text)
    if (isStopped) process.exit(130)
  }
}

/** Whether tests fail, or hang. */
async function fails(args) {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const tests = spawn(process.execPath, [vitest, ...args, '--bail', '1', '--passWithNoTests'], {
    cwd: root,
    stdio: 'ignore',
    detached: true,
  })
  endTests = () => {
    try {
      process.kill(-tests.pid, 'SIGKILL')
    } catch {
      // All of them ended.
    }
  }
  const hangs = setTimeout(endTests, hangsMs)
  const [status] = await once(tests, 'exit')
  clearTimeout(hangs)
  endTests()
  return status !== 0
}

/** Numbers in [0, 1) from a seed (mulberry32). */
function generator(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
}
