import { setTimeout as wait } from 'node:timers/promises'
import { Database } from '@sillage/duckdb'
import { toldBy } from '../kills/reference.ts'
import { Project } from '../project.ts'
import { randomFrom } from '../random.ts'
import { FormServer, inboxFiles } from './form-server.ts'

export interface InboxCounts {
  readonly kills: number
  /** Events that were answered for. */
  readonly acknowledged: number
  readonly lost: number
  readonly twice: number
  readonly problems: readonly string[]
}

const senders = 6

/**
 * Kills a server again and again while senders post, each sender trying what got no answer again under its key; pipelines read meanwhile. Then
 * each event that was answered for must be in the mart once, under the name that the answer gave it.
 */
export async function killServers({
  kills,
  seed,
}: {
  readonly kills: number
  readonly seed: number
}): Promise<InboxCounts> {
  const random = randomFrom(seed)
  const problems: string[] = []
  const acknowledged = new Map<string, string>()
  using project = new Project(inboxFiles)
  let server = await FormServer.start(project)
  let isOver = false
  const sending = Array.from({ length: senders }, async (_, sender) => {
    for (let request = 0; !isOver; request += 1) {
      const events = Array.from({ length: 1 + (request % 40) }, (__, part) => `${sender}-${request}-${part}`)
      for (let answer: Awaited<ReturnType<FormServer['send']>>; answer === undefined; ) {
        answer = await server.send(events, `k-${sender}-${request}`)
        if (answer === undefined) await wait(10)
        else if (answer.status !== 202) problems.push(`answered ${answer.status} ${answer.code}`)
        else for (const [index, id] of answer.ids.entries()) acknowledged.set(events[index]!, id)
      }
    }
  })
  for (let kill = 0; kill < kills; kill += 1) {
    await wait(30 + random() * 400)
    server.sendHalf()
    await server.stop('SIGKILL')
    // Read also while no server lives, and while one goes on.
    if (kill % 3 === 0) await run(project, problems)
    server = await FormServer.start(project)
    if (kill % 3 === 1) await run(project, problems)
  }
  isOver = true
  await Promise.all(sending)
  await server.stop()
  await run(project, problems)
  return { kills, acknowledged: acknowledged.size, problems, ...(await compare(project, acknowledged)) }
}

async function run(project: Project, problems: string[]): Promise<void> {
  const ended = await project.run(['run', 'clicks', '--output', 'json'])
  if (ended.exit !== 0) problems.push(toldBy(ended))
}

async function compare(
  project: Project,
  acknowledged: ReadonlyMap<string, string>,
): Promise<Pick<InboxCounts, 'lost' | 'twice'>> {
  await using database = await Database.open({
    path: project.path('.sillage/clicks/work.duckdb'),
    readOnly: true,
  })
  using session = await database.session()
  const rows = await session.rows<{ n: string; id: string }>('select n, id from collect.raw')
  const found = new Map(rows.map(({ n, id }) => [n, id]))
  const lost = [...acknowledged].filter(([n, id]) => found.get(n) !== id).length
  return { lost, twice: rows.length - found.size }
}
