/**
 * Makes `sillage-cli-<version>.tgz` at the root of the checkout, or in the folder that is named: the command with its workspaces and plugins inside, so that
 * `npm i ./sillage-cli-<version>.tgz` needs of the registry only the packages of others, which stay dependencies.
 */
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'))

/** Packages whose types the authors of own plugins see. */
const typed = new Set(['@sillage/base', '@sillage/sql', '@sillage/sdk', '@sillage/stats'])
const isOurs = (name) => name.startsWith('@sillage/')

/** The folders that a pattern of workspaces names; a star stands for every folder. */
function foldersOf(pattern) {
  return pattern.split('/').reduce(
    (folders, part) =>
      folders.flatMap((folder) =>
        part === '*'
          ? readdirSync(folder, { withFileTypes: true })
              .filter((entry) => entry.isDirectory())
              .map(({ name }) => join(folder, name))
          : [join(folder, part)],
      ),
    [root],
  )
}

const workspaces = new Map(
  readJson(join(root, 'package.json'))
    .workspaces.flatMap(foldersOf)
    .map((folder) => join(folder, 'package.json'))
    .filter((file) => existsSync(file))
    .map((file) => [readJson(file).name, resolve(file, '..')]),
)

function closure(name, found = new Set()) {
  if (found.has(name)) return found
  found.add(name)
  const { dependencies = {} } = readJson(join(workspaces.get(name), 'package.json'))
  for (const next of Object.keys(dependencies).filter(isOurs)) closure(next, found)
  return found
}

/** Of what was built, what runs. The command line is one bundle: its other files went into it. */
function isShipped(name, file) {
  const path = file.slice(workspaces.get(name).length)
  if (/\.(test|fixture)\.|\.map$|\/testing(\/|$)|\.tsbuildinfo$/.test(path)) return false
  if (name === '@sillage/cli' && /^\/dist\/./.test(path))
    return /^\/dist\/(main\.js$|(chunks|validators)(\/|$))/.test(path)
  return !path.endsWith('.d.ts') || typed.has(name)
}

function copy(name, to) {
  const from = workspaces.get(name)
  const pack = readJson(join(from, 'package.json'))
  for (const part of pack.files) {
    if (!existsSync(join(from, part)))
      throw new Error(`${name} has no ${part}: run npm run setup, then pack again`)
    cpSync(join(from, part), join(to, part), { recursive: true, filter: (file) => isShipped(name, file) })
  }
  return pack
}

const place = resolve(process.argv[2] ?? root)
const target = workspaces.get('@sillage/cli')
const { version } = readJson(join(target, 'package.json'))
const stage = mkdtempSync(join(tmpdir(), 'sillage-pack-'))
try {
  const plugins = [...workspaces.keys()].filter((name) =>
    workspaces.get(name).startsWith(join(root, 'plugins')),
  )
  const names = [...plugins.reduce((found, name) => closure(name, found), closure('@sillage/cli'))]
  const packs = names.map((name) => {
    const folder = name === '@sillage/cli' ? stage : join(stage, 'node_modules', name)
    mkdirSync(folder, { recursive: true })
    const { scripts, devDependencies, ...pack } = copy(name, folder)
    if (name !== '@sillage/cli') writeFileSync(join(folder, 'package.json'), JSON.stringify(pack, null, 2))
    return pack
  })
  const bundled = names.filter((name) => name !== '@sillage/cli')
  const others = packs.flatMap(({ dependencies = {} }) =>
    Object.entries(dependencies).filter(([name]) => !isOurs(name)),
  )
  const main = packs[names.indexOf('@sillage/cli')]
  writeFileSync(
    join(stage, 'package.json'),
    JSON.stringify(
      {
        ...main,
        engines: readJson(join(root, 'package.json')).engines,
        exports: { './bin': main.exports['./bin'], './validators/*': main.exports['./validators/*'] },
        dependencies: Object.fromEntries([
          ...bundled.sort().map((name) => [name, version]),
          ...others.sort(([a], [b]) => (a < b ? -1 : 1)),
        ]),
        bundleDependencies: bundled,
      },
      null,
      2,
    ),
  )
  for (const file of ['LICENSE', 'README.md']) cpSync(join(root, file), join(stage, file))
  const done = spawnSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', place], {
    cwd: stage,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  if (done.status !== 0) throw new Error(done.stderr)
  const made = join(place, `sillage-cli-${version}.tgz`)
  if (!existsSync(made)) throw new Error(`npm pack made no ${basename(made)}`)
  console.log(
    `${basename(made)}\n\nIn an empty folder:\n  npm i ${made}\n  npx --no-install sillage init shop`,
  )
} finally {
  rmSync(stage, { recursive: true, force: true })
}
