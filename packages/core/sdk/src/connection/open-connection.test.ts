import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import type { ConnectionRef } from './connection.ts'
import { connectionIdentity, openConnection, testConnection } from './open-connection.ts'

const definition = `export default {
  style: 'connection',
  name: 'till',
  identity: ({ place }) => place,
  limits: () => ({ requestsPerSecond: 4 }),
  open: ({ config, context }) => ({ config, context, closed: false }),
  test: ({ config }) => {
    if (config.place === 'nowhere') throw new Error('no till takes ' + config.token)
    return 'it knows ' + config.token
  },
  close: (connection) => {
    connection.closed = true
  },
}
`
const folder = mkdtempSync(join(tmpdir(), 'connection-'))
writeFileSync(join(folder, 'till.mjs'), definition)

const till = (place: string): ConnectionRef => ({
  name: 'shop',
  type: 'till',
  module: pathToFileURL(join(folder, 'till.mjs')).href,
  config: { place, token: '${secret:till}' },
  folder,
})
const facts = { secret: (name: string) => `${name}-s3cret`, signal: new AbortController().signal }

it('is opened with its secrets in their places, and closed', async () => {
  const opened = await openConnection(till('here'), facts)
  const value = opened.value as { readonly config: unknown; readonly closed: boolean }
  expect(value.config).toEqual({ place: 'here', token: 'till-s3cret' })
  await opened[Symbol.asyncDispose]()
  expect(value.closed).toBe(true)
  expect((await openConnection(undefined, facts)).value).toBeUndefined()
})

it('has one pace for all stages that use it, and another for another connection', async () => {
  const paceOf = async (ref: ConnectionRef) =>
    ((await openConnection(ref, facts)).value as { readonly context: { readonly pace: unknown } }).context
      .pace
  expect(await paceOf(till('here'))).toBe(await paceOf(till('here')))
  expect(await paceOf(till('there'))).not.toBe(await paceOf(till('here')))
})

it('tells what it saw, and why it fails, without its secrets', async () => {
  expect(await testConnection(till('here'), facts)).toBe('it knows …')
  await expect(testConnection(till('nowhere'), facts)).rejects.toMatchObject({
    code: 'connection_failed',
    message: 'The connection "shop": no till takes …',
    hint: 'check it: sillage connections test shop',
  })
})

it('is known by what its definition says, with secrets by their names', async () => {
  expect(await connectionIdentity(till('here'))).toBe('here')
  expect(await connectionIdentity(undefined)).toBeUndefined()
})
