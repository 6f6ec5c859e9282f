import { SillageError } from '@sillage/base'
import { sql } from '@sillage/sdk'
import { describe, expect, it } from 'vitest'
import { scanSecrets } from './scan-secrets.ts'

const hidden = `it's "hid\\den"`
const connection = {
  name: 'vault',
  type: 'vault',
  module: 'file:///vault.js',
  config: { token: '${secret:vault}' },
  folder: '/p',
}
const secrets = scanSecrets({ name: 'a', connection }, () => hidden)

describe('secrets of a scan', () => {
  it.each([
    ['a statement', sql`select ${hidden} as x`],
    ['a path', [`/tmp/${hidden}.csv`]],
    ['a path of a list', { files: [{ shown: `x${encodeURIComponent(hidden)}` }] }],
    ['a warning', [{ code: 'odd', message: `the token ${hidden} is old` }]],
  ])('are found in %s', (_, value) => {
    expect(() => secrets.keepOut(value)).toThrow(expect.objectContaining({ code: 'secret_in_plan' }))
  })

  it('are told by their connection, and what holds none is given back', () => {
    const value = { select: sql`select 'hidden' as x`, detected: { rows: 1, none: undefined } }
    expect(secrets.keepOut(value)).toBe(value)
    expect(() => secrets.keepOut(hidden)).toThrow('"a" would put a secret of its connection "vault"')
  })

  it('are cut out of errors, which stay what they were', () => {
    const told = secrets.redacted(
      new SillageError({ code: 'file_not_found', message: hidden, hint: `not ${hidden}` }),
    )
    expect(told).toMatchObject({ code: 'file_not_found', message: '…', hint: 'not …' })
    const thrown = secrets.redacted(new Error(`no ${hidden}`)) as Error
    expect([thrown.message, thrown.stack?.includes(hidden)]).toEqual(['no …', false])
    const plain = new Error('no')
    expect(secrets.redacted(plain)).toBe(plain)
  })

  it('of a stage without a connection are none, and none is asked for', () => {
    const none = scanSecrets({ name: 'a' }, () => {
      throw new Error('asked')
    })
    expect(none.keepOut(hidden)).toBe(hidden)
  })
})
