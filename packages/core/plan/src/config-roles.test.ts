import { t } from '@sillage/sdk'
import { expect, it } from 'vitest'
import { configRoles } from './config-roles.ts'

it('each value with a role is found with its path, keys too, and expressions see the keys before them', () => {
  const schema = t.object({
    key: t.column(),
    by: t.list(t.column()),
    either: t.either(t.column(), t.list(t.column())),
  })
  const found = configRoles({ key: 'a', by: ['b', 'c'], either: ['d'] }, schema)
  expect(found.map(({ role, text, path }) => [role, text, path.join('.')])).toEqual([
    ['column', 'a', 'key'],
    ['column', 'b', 'by.0'],
    ['column', 'c', 'by.1'],
    ['column', 'd', 'either.0'],
  ])
})

it('values of the wrong type, and inherited names, have no role', () => {
  const schema = t.object({ key: t.column() })
  expect(configRoles({ key: 3 }, schema)).toEqual([])
  expect(configRoles(null, schema)).toEqual([])
  expect(configRoles({ constructor: 'a' }, schema)).toEqual([])
})
