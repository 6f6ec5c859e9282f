import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const halfDone = /(\.partial|\.next-\d+|\.wal|\.tmp)$/

/** What killed runs should not leave once a run went well: half-written files, logs, spilled rows, journals without an end. */
export function leftovers(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => {
    if (halfDone.test(name)) return true
    if (/^state\/outbox\/.+\.(parquet|settled)$/.test(name)) return true
    if (/^\.sillage\/tmp\/.+\//.test(name)) return true
    if (/\/runs\/[^/]+\.jsonl$/.test(name)) {
      const text = readFileSync(join(folder, name), 'utf8')
      return text.includes('run_started') && !text.includes('run_finished')
    }
    return /\.versions\/.+\.duckdb$/.test(name) && (lstatSync(join(folder, name)).mode & 0o200) !== 0
  })
}
