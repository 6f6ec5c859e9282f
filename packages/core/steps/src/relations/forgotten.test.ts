import { createHmac } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { forgottenHash } from '@sillage/state'
import { afterAll, expect, it } from 'vitest'
import { withSession } from '../testing/with-session.ts'
import { areForgotten, prepareSuppression, suppressedRecord, withoutSuppressed } from './forgotten.ts'

const list = mkdtempSync(join(tmpdir(), 'sillage-forgotten-'))
afterAll(() => rmSync(list, { recursive: true, force: true }))

it('of who asked to be forgotten only that there is a row is left, by the hash that the list has', async () => {
  const hash = forgottenHash(list, 'ada')
  const secret = Buffer.from(readFileSync(join(list, 'suppression.key'), 'utf8').trim(), 'hex')
  expect(hash).toBe(createHmac('sha256', secret).update('ada').digest('hex'))
  const step = {
    suppressed: [{ columns: ['name'], hashes: [hash] }],
    columns: [{ name: 'name' }, { name: 'n' }],
    provenance: true,
    rejects: [{}],
  } as never
  await withSession(async (session) => {
    await prepareSuppression(session, step, list)
    const scan = `select * from (values (' ada ', 1, 'f', 1, 'raw', 3), ('bob', 2, 'f', 2, 'raw', 1), (null, 3, 'f', 3, null, 0)) t(name, n, _file, _line, _raw, _reject)`
    expect(await session.rows(withoutSuppressed(scan, step))).toEqual([
      { name: null, n: null, _file: null, _line: null, _raw: null, _reject: 0, _forgotten: true },
      { name: 'bob', n: 2, _file: 'f', _line: 2, _raw: 'raw', _reject: 1, _forgotten: false },
      { name: null, n: 3, _file: 'f', _line: 3, _raw: null, _reject: 0, _forgotten: false },
    ])
    const plain = { ...(step as object), provenance: false, rejects: [] } as never
    expect(Object.keys((await session.rows(withoutSuppressed(scan, plain)))[0]!)).toEqual([
      'name',
      'n',
      '_forgotten',
    ])
  })
})

it('where nobody asked, a scan stays as it is', async () => {
  const none = { suppressed: [], columns: [], rejects: [] } as never
  expect(withoutSuppressed('select 1', none)).toBe('select 1')
  expect(areForgotten(none).text).toBe('false')
  await withSession(async (session) => {
    await prepareSuppression(session, none, join(list, 'none'))
    expect(await session.rows(`select getvariable('sillage_inner') as v`)).toEqual([{ v: null }])
  })
  expect(suppressedRecord('raw', 2)).toMatchObject({ stage: 'raw', code: 'suppressed', rows: 2 })
})
