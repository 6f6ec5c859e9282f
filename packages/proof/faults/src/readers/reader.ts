import { constants, setPriority } from 'node:os'
import { DuckDBInstance } from '@duckdb/node-api'

/** What a reader saw in one look: the run that the mart names, and the counts of its two tables. */
export interface Look {
  readonly run: string
  readonly rows: number
  readonly groups: number
}

/**
 * A process of readers, as analysts' clients are: each opens the mart by its link, asks, closes, and begins again, until the process
 * gets a message. Then it sends what all saw, each different look once, and the errors.
 */
const [link, readers] = process.argv.slice(2)
// The readers take what the runs leave of the processor, else a hundred runs would last for ever.
setPriority(constants.priority.PRIORITY_LOW)
const looks = new Map<string, Look>()
const errors: string[] = []
let count = 0
let isStopped = false
process.on('message', () => {
  isStopped = true
})

async function read(): Promise<void> {
  while (!isStopped) {
    try {
      const look = await lookAt(link!)
      looks.set(JSON.stringify(look), look)
    } catch (error) {
      errors.push((error as Error).message)
    }
    count += 1
  }
}

async function lookAt(path: string): Promise<Look> {
  const instance = await DuckDBInstance.create(path, { access_mode: 'READ_ONLY', threads: '1' })
  const connection = await instance.connect()
  try {
    const one = async (statement: string): Promise<unknown> =>
      (await connection.runAndReadAll(statement)).getRows()[0]![0]
    // Three statements on purpose: a link that moves between them must not show.
    const run = String(await one('select run from sillage.runs'))
    const rows = Number(await one('select count(*) from lines'))
    const groups = Number(await one('select count(*) from customers'))
    return { run, rows, groups }
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

await Promise.all(Array.from({ length: Number(readers) }, read))
process.send!({ looks: [...looks.values()], errors, count })
process.disconnect()
