import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { meets } from './bench.ts'
import { benches } from './benches.ts'
import { type Measured, table, writePage } from './page.ts'

process.env.UV_THREADPOOL_SIZE ??= '16'

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    rows: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    output: { type: 'string', default: 'text' },
    write: { type: 'boolean', default: false },
  },
})

const say = (text: string): void => void process.stderr.write(`${text}\n`)
const chosen = benches.filter(
  ({ name, onRequest }) => values.only?.includes(name) ?? (values.write || !onRequest),
)
if (chosen.length === 0) {
  say(`There is no such bench; there are ${benches.map(({ name }) => name).join(', ')}`)
  process.exit(2)
}

const measured: Measured[] = []
for (const bench of chosen) {
  say(`${bench.name}: ${bench.title}`)
  const folder = mkdtempSync(join(tmpdir(), `sillage-bench-${bench.name}-`))
  try {
    const figures = await bench.run({
      rows: values.rows === undefined ? undefined : Number(values.rows),
      rounds: Number(values.rounds),
      folder,
      say: (text) => say(`  ${text}`),
    })
    measured.push(...figures.map((figure) => ({ bench: bench.name, title: bench.title, ...figure })))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

process.stdout.write(
  values.output === 'json'
    ? `${JSON.stringify({ figures: measured.map((one) => ({ ...one, meets: meets(one) })) }, null, 2)}\n`
    : `\n${table(measured)}\n`,
)
if (values.write) writePage(measured)
process.exitCode = measured.every(meets) ? 0 : 1
