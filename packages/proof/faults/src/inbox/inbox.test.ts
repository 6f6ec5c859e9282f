import { expect, it } from 'vitest'
import { fillInbox } from './fill-inbox.ts'
import { killServers } from './kill-server.ts'

it('a server that is killed in the middle of posts loses nothing that it answered for, and pipelines read each event once', async () => {
  const counts = await killServers({ kills: 2, seed: 20261126 })
  expect(counts).toMatchObject({ lost: 0, twice: 0, problems: [] })
  expect(counts.acknowledged).toBeGreaterThan(100)
})

it('a disk without room refuses whole requests, keeps what was answered for, and goes on with room', async ({
  skip,
}) => {
  const counts = await fillInbox()
  if (counts.skipped !== undefined) skip(counts.skipped)
  expect(counts.problems).toEqual([])
  expect(counts.refused).toBeGreaterThan(0)
  expect(counts.accepted).toBeGreaterThan(500)
})
