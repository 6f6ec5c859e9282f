import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onlineRetail } from '@sillage/cli/testing/online-retail'
import type { Bench } from './bench.ts'
import { writeLines } from './chain/lines.ts'
import { commandLine } from './command-line.ts'
import { interleave, ratio } from './interleave.ts'

const ownRows = 100_000
const leastRounds = 15

/** What a person waits for after saving the file, against a Node that does nothing. */
export const validate: Bench = {
  name: 'validate',
  title: '`sillage validate` of the same seven stages / `node -e 0`, each a process of its own',
  run: async ({ rows = ownRows, rounds, folder }) => {
    mkdirSync(join(folder, 'online-retail'))
    await writeLines({ path: join(folder, 'online-retail', 'online_retail.parquet'), rows })
    writeFileSync(join(folder, 'pipeline.yaml'), onlineRetail(folder))
    const start = (...args: string[]) => {
      const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
      if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}: ${stderr}`)
    }
    const taken = await interleave(
      {
        bare: { work: async () => start('-e', '0') },
        warm: { work: async () => start(commandLine, 'validate', 'pipeline.yaml') },
        cold: {
          before: () => rmSync(join(folder, '.sillage'), { recursive: true, force: true }),
          work: async () => start(commandLine, 'validate', 'pipeline.yaml'),
        },
      },
      Math.max(rounds, leastRounds),
    )
    return [
      {
        what: 'warm',
        ...ratio(taken.warm, taken.bare, 'wallMs'),
        unit: '×',
        bar: 3,
        direction: 'at most',
      },
      {
        what: 'cold',
        ...ratio(taken.cold, taken.bare, 'wallMs'),
        unit: '×',
        bar: 6,
        direction: 'at most',
      },
    ]
  },
}
