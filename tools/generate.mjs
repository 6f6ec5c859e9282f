/**
 * Writes `docs/reference/` from the code: a page for each plugin, the JSON Schema of pipelines, the help of each command, the codes of
 * errors. With `--check` it writes nothing and fails where a file differs.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { errorSentences } from './error-sentences.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const reference = join(root, 'docs/reference')
const load = (path) => import(pathToFileURL(join(root, path)).href)

const { makeRegistry, connectionTypes, editorSchema } = await load('packages/core/pipeline/dist/index.js')
const { connectionsPage, pluginPage } = await load('packages/core/pipeline/dist/plugin-page.js')

const { stages } = await load('packages/core/sdk/dist/index.js')
const manifests = ['plugins', 'plugins/connectors']
  .flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(root, folder, name)))
  .map((folder) => join(folder, 'dist/manifest.json'))
  .filter((file) => existsSync(file))
const plugins = [...makeRegistry(manifests).values()]
const files = new Map()
/** What is amiss in what pages are made from. */
const strays = []

const connections = [...connectionTypes(manifests).values()]
files.set('pipeline.schema.json', `${JSON.stringify(editorSchema(plugins, connections), null, 1)}\n`)
files.set('connections.md', connectionsPage(connections))
for (const entry of plugins) {
  const { default: plugin } = await import(entry.url)
  files.set(`plugins/${entry.name}.md`, pluginPage(plugin, entry))
}
files.set('plugins/README.md', pluginIndex())
files.set('cli.md', commandPage())
files.set('errors.md', errorPage())

if (strays.length > 0) {
  console.error(strays.join('\n'))
  process.exit(1)
}
if (process.argv.includes('--check')) check()
else write()

function pluginIndex() {
  const parts = stages.map((stage) => {
    const rows = plugins
      .filter(({ name }) => name.startsWith(`${stage}/`))
      .map(({ name, summary }) => `| [${name}](${name}.md) | ${summary} |`)
    return `## ${stage}\n\n| plugin | what it does |\n|---|---|\n${rows.join('\n')}`
  })
  return `# Plugins\n\n${parts.join('\n\n')}\n`
}

function help(...args) {
  const { stdout } = spawnSync(
    process.execPath,
    [join(root, 'packages/apps/cli/bin/sillage.mjs'), ...args, '--help'],
    { encoding: 'utf8', env: { ...process.env, NO_COLOR: '1', COLUMNS: '100' } },
  )
  return stdout.trim()
}

function commandPage() {
  const top = help()
  const names = [...top.matchAll(/^ {2}([a-z]+)(?: \[| <|\s)/gm)]
    .map(([, name]) => name)
    .filter((name) => name !== 'help')
  return `# The command line\n\n\`\`\`\n${top}\n\`\`\`\n\n${[...new Set(names)].map((name) => `## sillage ${name}\n\n\`\`\`\n${help(name)}\n\`\`\``).join('\n\n')}\n`
}

/** Codes as the sources write them: `code: 'x'`, with the message that stands beside. */
function errorPage() {
  const found = new Map()
  for (const folder of ['packages', 'plugins']) {
    for (const file of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).sort()) {
      if (!/\/src\/.*\.ts$/.test(`/${file}`) || /test|dist|node_modules/.test(file)) continue
      const text = readFileSync(join(root, folder, file), 'utf8')
      for (const [, code, template, plain] of text.matchAll(
        /code: '([a-z_]+)',\s*message:\s*(?:`((?:[^`\\]|\\.)*)`|'((?:[^'\\]|\\.)*)')?/g,
      )) {
        // A declaration of two columns of these names is no error.
        if (plain === code) continue
        const shape = (template ?? plain?.replaceAll(/\\(.)/g, '$1') ?? '')
          .replaceAll(/\$\{[^}]*\}+/g, '…')
          .replaceAll('|', '\\|')
          .replaceAll('\n', ' ')
        const known = found.get(code) ?? { messages: new Set(), owners: new Set() }
        if (shape) known.messages.add(shape)
        known.owners.add(file.split('/src/')[0].split('/').at(-1))
        found.set(code, known)
      }
    }
  }
  for (const [code, text] of Object.entries(errorSentences)) {
    if (found.get(code)?.messages.size === 0) found.get(code).messages.add(text)
    else strays.push(`tools/error-sentences.mjs has ${code}, which needs no sentence`)
  }
  for (const [code, { messages }] of found)
    if (messages.size === 0) strays.push(`${code} has no message: add one to tools/error-sentences.mjs`)
  const rows = [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([code, { messages, owners }]) =>
        `| \`${code}\` | ${[...messages].slice(0, 2).join(' / ')} | ${[...owners].sort().join(', ')} |`,
    )
  return `# Codes of errors\n\nEvery error and diagnostic has a code that does not change, a message, and a hint with the next action. Exit codes: 0 ok · 1 a step,
check or delivery failed · 2 usage · 3 the plan has changes (\`--detailed-exitcode\`) · 4 too many rejects · 70 internal · 75 busy ·
78 invalid pipeline · 130 interrupted.\n\n| code | message | from |\n|---|---|---|\n${rows.join('\n')}\n`
}

function write() {
  rmSync(reference, { recursive: true, force: true })
  for (const [name, text] of files) {
    mkdirSync(dirname(join(reference, name)), { recursive: true })
    writeFileSync(join(reference, name), text)
  }
  console.log(`docs/reference: ${files.size} files`)
}

function check() {
  const stale = [...files]
    .filter(
      ([name, text]) =>
        !existsSync(join(reference, name)) || readFileSync(join(reference, name), 'utf8') !== text,
    )
    .map(([name]) => name)
  const strangers = existsSync(reference)
    ? readdirSync(reference, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => relative(reference, join(entry.parentPath, entry.name)))
        .filter((name) => !files.has(name))
    : []
  if (stale.length + strangers.length === 0) return
  console.error(
    `docs/reference is not what the code says: ${[...stale, ...strangers].join(', ')}\nrun: npm run generate`,
  )
  process.exit(1)
}
