import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

/** From the moment at which DuckDB is open to its answer: thousands of times what an honest constant needs. */
export const longestMs = 5_000

/** The process that may be ended: it offers itself where the machine runs out of memory. */
const script = `
import { writeFileSync } from 'node:fs'
try { writeFileSync('/proc/self/oom_score_adj', '1000') } catch {}
const { DuckDBInstance } = await import(process.argv[1])
const connection = await (await DuckDBInstance.create(':memory:', { threads: '1', memory_limit: '512MiB' })).connect()
process.stdout.write('open')
await connection.prepare(process.argv[2]).catch(() => undefined)
process.stdout.write('done')
process.kill(process.pid, 'SIGKILL')
`

/**
 * Whether DuckDB can bind a statement of constants within a time. It is tried in a process of its own: constants are worked out while
 * they are bound, and no interrupt ends that. A statement that does not bind counts as one that can: its own error is told elsewhere.
 */
export async function canWorkOut(statement: string, withinMs: number): Promise<boolean> {
  const library = pathToFileURL(createRequire(import.meta.url).resolve('@duckdb/node-api')).href
  return await new Promise((resolve) => {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script, library, statement], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: {},
    })
    let said = ''
    let limit: NodeJS.Timeout | undefined
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (said.startsWith('open')) limit ??= setTimeout(() => child.kill('SIGKILL'), withinMs)
    })
    child.on('error', () => resolve(true))
    child.on('close', () => {
      clearTimeout(limit)
      resolve(said === 'opendone' || !said.startsWith('open'))
    })
  })
}
