import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { fuzz } from './fuzz.ts'

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '10000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    first: { type: 'string', default: '0' },
    processes: { type: 'string', default: '2' },
    /** A folder into which the cases that fail are written. */
    keep: { type: 'string' },
  },
})

const say = (text: string): void => void process.stderr.write(`${text}\n`)
const seed = Number(values.seed)
const { cases, flaws, succeeded } = await fuzz({
  count: Number(values.count),
  seed,
  first: Number(values.first),
  processes: Number(values.processes),
  limitMs: 30_000,
  onProgress: (done) => say(`${done} cases`),
  onFlaw: ({ index, case: { kind, files }, what, outcome }) => {
    say(`${kind}, --seed ${seed} --first ${index} --count 1: ${what}`)
    if (outcome) say(`  ${(outcome.out + outcome.err).replaceAll(/\s+/g, ' ').slice(0, 500)}`)
    if (values.keep === undefined) return
    for (const [name, content] of Object.entries(files)) {
      const path = join(values.keep, `${seed}-${index}`, name)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, content)
    }
  },
})
process.stdout.write(
  `${cases} mutations, ${flaws} flaws (${succeeded} ran through, ${cases - flaws - succeeded} were refused with code and hint), seed ${seed}\n`,
)
process.exitCode = flaws === 0 ? 0 : 1
