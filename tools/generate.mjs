/**
 * Writes `docs/reference/` from the code: a page for each plugin, the JSON Schema of pipelines, the help of each command, the codes of
 * errors. With `--check` it writes nothing and fails where a file differs.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const reference = join(root, 'docs/reference')
const load = (path) => import(pathToFileURL(join(root, path)).href)

const { makeRegistry, connectionTypes, editorSchema } = await load('packages/core/pipeline/dist/index.js')
const { sections } = await load('packages/apps/cli/dist/sections.js')
const { errorAreas, reasons } = await load('packages/core/base/dist/index.js')
const { connectionsPage, pluginPage } = await load('packages/core/pipeline/dist/plugin-page.js')

const { stages } = await load('packages/core/sdk/dist/index.js')
const manifests = ['plugins', 'plugins/connectors']
  .flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(root, folder, name)))
  .map((folder) => join(folder, 'dist/manifest.json'))
  .filter((file) => existsSync(file))
const plugins = [...makeRegistry(manifests).values()]
const files = new Map()

const connections = [...connectionTypes(manifests).values()]
files.set(
  'pipeline.schema.json',
  `${JSON.stringify(editorSchema(plugins, sections.all, connections), null, 1)}\n`,
)
files.set('connections.md', connectionsPage(connections))
for (const entry of plugins) {
  const { default: plugin } = await import(entry.url)
  files.set(`plugins/${entry.name}.md`, pluginPage(plugin, entry))
}
files.set('plugins/README.md', pluginIndex())
files.set('cli.md', commandPage())
files.set('errors.md', errorPage())

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

/** The registry of codes as tables, by what they are about. */
function errorPage() {
  const areas = Object.entries(errorAreas).map(
    ([title, entries]) =>
      `## ${title}\n\n| code | what happened | what to do | exit | from |\n|---|---|---|---|---|\n${Object.entries(entries).map(errorRow).join('\n')}`,
  )
  const why = Object.entries(reasons).map(([code, text]) => `| \`${code}\` | ${cell(text)} |`)
  return `# Codes of errors

Every error, diagnostic and warning has a code that does not change, a message, and a hint with the next action; what stands here is said in
general, and the place that says it knows more. Exit codes: 0 ok · 1 a step, check or delivery failed · 2 usage · 3 the plan has changes
(\`--detailed-exitcode\`) · 4 too many rejects · 70 internal · 75 busy · 78 invalid pipeline · 130 interrupted. A warning ends nothing and has none
(–). Where two are named, the first is that of a diagnostic in a file, the second that of the command line.

${areas.join('\n\n')}

## Reasons of refused rows and fields

Words that stand beside a row in \`reject.<stage>\` or a field of a form. Plugins of a project and receivers have words of their own.

| code | what is wrong |
|---|---|
${why.join('\n')}
`
}

function errorRow([code, { text, hint, kind, from, exit }]) {
  const ends = { error: exit ?? 1, diagnostic: exit === undefined ? 78 : `78, ${exit}`, warning: '–' }[kind]
  return `| \`${code}\` | ${cell(text)} | ${cell(hint)} | ${ends} | ${[from].flat().join(', ')} |`
}

function cell(text) {
  return text.replaceAll(/[|<]/g, '\\$&')
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
