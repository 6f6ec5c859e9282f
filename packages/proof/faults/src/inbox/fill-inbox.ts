import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mountDisk } from '../disk/small-disk.ts'
import { Project } from '../project.ts'
import { FormServer, inboxFiles } from './form-server.ts'

export interface FullInboxCounts {
  readonly accepted: number
  /** Requests that were told that there is no room. */
  readonly refused: number
  /** Undefined where disks can be mounted. */
  readonly skipped: string | undefined
  readonly problems: readonly string[]
}

const lines = Array.from({ length: 200 }, (_, index) => `${index}-${'x'.repeat(500)}`)

/** Posts until a small disk is full, and with room again: what was refused is not there in part, and what was taken stays. */
export async function fillInbox(): Promise<FullInboxCounts> {
  const problems: string[] = []
  const folder = mkdtempSync(join(tmpdir(), 'sillage-full-'))
  let accepted = 0
  let refused = 0
  try {
    using disk = mountDisk(join(folder, 'disk'), 2)
    if (!disk) return { accepted, refused, problems, skipped: 'mounting a small disk needs root on Linux' }
    using project = new Project(inboxFiles, disk.path)
    const server = await FormServer.start(project)
    const send = async (): Promise<boolean> => {
      const answers = await Promise.all([server.send(lines), server.send(lines), server.send(lines)])
      for (const answer of answers) {
        if (answer?.status === 202) accepted += lines.length
        else if (answer?.status === 507 && answer.code === 'inbox_full') refused += 1
        else problems.push(`answered ${answer?.status} ${answer?.code}`)
      }
      return answers.every((answer) => answer?.status === 202)
    }
    for (let turn = 0; turn < 60 && refused < 9; turn += 1) await send()
    check(project, accepted, problems)
    disk.remount('size=50m')
    if (!(await send())) problems.push('with room again a request was refused')
    await server.stop()
    check(project, accepted, problems)
    const again = await FormServer.start(project)
    if ((await again.send(lines))?.status !== 202) problems.push('a server that started anew took nothing')
    await again.stop()
    check(project, accepted + lines.length, problems)
    return { accepted, refused, problems, skipped: undefined }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function check(project: Project, expected: number, problems: string[]): void {
  const folder = project.path('state/inbox/clicks')
  const text = readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('')
  const records = text.split('\n').slice(0, -1)
  const whole = records.filter((line) => JSON.parse(line).body.n.length > 500).length
  if (!text.endsWith('\n')) problems.push('the segment ends in the middle of a line')
  if (whole !== expected || records.length !== expected)
    problems.push(`${records.length} records where ${expected} were answered for`)
}
