import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { contractVersion } from '@sillage/sdk'
import { expect, it } from 'vitest'
import { makeRegistry, pluginPackages } from './registry.ts'

function manifest(contract: number, names: readonly string[]): string {
  const file = join(mkdtempSync(join(tmpdir(), 'manifest-')), 'manifest.json')
  const plugins = names.map((name) => ({ name, module: `./${name}.js` }))
  writeFileSync(file, JSON.stringify({ contract, plugins }))
  return file
}

it('finds plugins of any stage in one package, and lists them in the order of the stages', () => {
  const registry = makeRegistry([
    manifest(contractVersion, ['activate/till', 'collect/till']),
    manifest(contractVersion, ['clean/till', 'collect/bell']),
  ])
  expect([...registry.keys()]).toEqual(['collect/bell', 'collect/till', 'clean/till', 'activate/till'])
  expect(registry.get('collect/till')!.url).toMatch(/^file:.*\/collect\/till\.js$/)
})

it('refuses a manifest of a newer contract, and says what to do', () => {
  const file = manifest(contractVersion + 1, ['collect/till'])
  expect(() => makeRegistry([file])).toThrowError(
    expect.objectContaining({
      code: 'plugin_contract_newer',
      exit: 78,
      hint: 'update Sillage, or install an older version of that package',
    }),
  )
})

it('knows packages of plugins by their names', () => {
  const names = [
    '@sillage/connector-till',
    '@sillage/plan',
    '@sillage/clean',
    'connector-x',
    '@sillage/cleaner',
  ]
  expect(pluginPackages(names)).toEqual(['@sillage/clean', '@sillage/connector-till'])
})
