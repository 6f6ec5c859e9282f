import { parseArgs } from 'node:util'
import { faultPoints } from '@sillage/base'
import { fillDisks } from './disk/disk.ts'
import { fillInbox } from './inbox/fill-inbox.ts'
import { killServers } from './inbox/kill-server.ts'
import { killRuns } from './kills/kills.ts'
import { readWhileRunning } from './readers/readers.ts'

process.env.UV_THREADPOOL_SIZE ??= '16'

const parts = ['kills', 'readers', 'disk', 'inbox'] as const

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    kills: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    runs: { type: 'string', default: '100' },
  },
})

const say = (text: string): void => void process.stderr.write(`${text}\n`)
const seed = Number(values.seed)
const isPart = parts.some((part) => part === values.only)
const wants = (part: (typeof parts)[number]): boolean =>
  values.only === undefined || (isPart ? values.only === part : part === 'kills')
let failed = false

if (wants('kills')) {
  const counts = await killRuns({
    kills: Number(values.kills),
    seed,
    scenario: isPart ? undefined : values.only,
    everyPoint: true,
    say,
  })
  for (const problem of counts.problems) say(problem)
  const unvisited = faultPoints.filter((point) => !counts.visited.has(point))
  if (unvisited.length > 0) say(`No run died at ${unvisited.join(', ')}`)
  const { kills, lost, twice, mixed, newKeys, acceptedTwice, problems } = counts
  process.stdout.write(
    `${kills} kills, ${lost} rows lost, ${twice} rows twice, ${mixed} mixed reads, ${newKeys} messages with a new key for an old payload, ${acceptedTwice} rows accepted twice\n`,
  )
  if (lost + twice + mixed + newKeys + acceptedTwice + problems.length > 0) failed = true
}

if (wants('readers')) {
  const read = await readWhileRunning({ runs: Number(values.runs), processes: 4, readersEach: 5 })
  for (const problem of read.problems) say(problem)
  process.stdout.write(
    `20 readers during ${read.runs} runs: ${read.looks} looks, ${read.errors} errors, ${read.mixed} mixed states\n`,
  )
  if (read.problems.length > 0) failed = true
}

if (wants('disk')) {
  const disks = await fillDisks([1, 2, 3, 4, 5, 6, 8, 12])
  for (const problem of disks.problems) say(problem)
  process.stdout.write(
    disks.skipped === undefined
      ? `${disks.runs} runs on small disks: ${disks.full} ended for want of room, ${disks.problems.length} problems\n`
      : `disks: skipped, ${disks.skipped}\n`,
  )
  if (disks.problems.length > 0) failed = true
}

if (wants('inbox')) {
  const { kills, acknowledged, lost, twice, problems } = await killServers({
    kills: Math.ceil(Number(values.kills) / 4),
    seed,
  })
  const full = await fillInbox()
  for (const problem of [...problems, ...full.problems]) say(problem)
  process.stdout.write(
    `${kills} servers killed while ${acknowledged} events were answered for: ${lost} lost, ${twice} twice\n`,
  )
  process.stdout.write(
    full.skipped === undefined
      ? `an inbox on a small disk: ${full.accepted} events kept, ${full.refused} requests refused for want of room, ${full.problems.length} problems\n`
      : `an inbox on a small disk: skipped, ${full.skipped}\n`,
  )
  if (lost + twice + problems.length + full.problems.length > 0) failed = true
}

if (failed) {
  say(`To repeat it: npm run faults -- --seed ${seed} --kills ${values.kills}`)
  process.exitCode = 1
}
