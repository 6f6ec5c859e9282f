import { t } from '@sillage/sdk'
import { expect, it } from 'vitest'
import { checkConnectionSecrets, checkSecrets } from './check-secrets.ts'

const schema = t.object({
  path: t.path(),
  key: t.secret(),
  note: t.text(),
  list: t.list(t.text()),
  where: t.expression(),
})
const secret = '${secret:x}'
const told = (config: object, areRead: boolean) =>
  checkSecrets({ name: 'own', config, plugin: { name: 'clean/own', config: schema } } as never, {
    areRead,
    at: (path, key) => ({ file: `${path.join('.')}${key ? ' (key)' : ''}`, line: 1, column: 1 }),
  }).map(({ file, code, message }) => `${file} ${code}: ${message}`)

it('a secret stands only where a plugin reads it, and never where the plan is made of it', () => {
  const given = 'secret_not_read: "own": no secret is read here; what clean/own is given is part of the plan'
  expect(told({ note: 'plain', list: ['a'], n: 1, none: null }, false)).toEqual([])
  expect(told({ note: secret, list: ['a', `b${secret}`] }, false)).toEqual([
    `note ${given}`,
    `list.1 ${given}`,
  ])
  expect(told({ note: secret, list: [secret], key: secret }, true)).toEqual([])
  const part =
    'secret_not_read: "own": no secret is read here; columns, expressions and paths are part of the plan'
  expect(told({ path: `a/${secret}`, where: secret, note: secret }, true)).toEqual([
    `path ${part}`,
    `where ${part}`,
  ])
  expect(told({ deep: { [secret]: 'a' } }, true)).toEqual([
    `deep.${secret} (key) secret_not_read: "own": no secret is read here; names of options are part of the plan`,
  ])
})

it('a connection that is opened to look at files holds none either', () => {
  const check = (connection: object | undefined, areRead: boolean) =>
    checkConnectionSecrets({ name: 'own', connection } as never, {
      areRead,
      locate: { value: () => undefined } as never,
    }).map(({ message }) => message)
  const holding = { name: 'shop', config: { deep: [secret] } }
  expect(check(holding, false)).toEqual([
    '"own": no secret is read here; what its connection "shop" gives is part of the plan',
  ])
  expect([check(holding, true), check(undefined, false), check({ name: 'shop', config: {} }, false)]).toEqual(
    [[], [], []],
  )
})
