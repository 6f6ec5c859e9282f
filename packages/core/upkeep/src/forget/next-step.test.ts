import { duckdbEngine } from '@sillage/duckdb/engine'
import { placesOf } from '@sillage/pipeline'
import { expect, it } from 'vitest'
import { nextStep } from './next-step.ts'

const pipeline = { name: 'shop', project: '/p', places: placesOf('/p') }
const next = (file: string, places = pipeline.places) =>
  nextStep(file, {
    pipeline: { ...pipeline, places },
    outputs: new Set(['/p/out/list.csv']),
    columns: ['id', 'mail'],
    stores: duckdbEngine,
  })

it.each([
  [
    'marts/.versions/shop-history/1.duckdb',
    'sillage backfill shop with the dates that it had, then sillage gc shop --keep 1',
  ],
  ['marts/.versions/shop/1.duckdb', 'sillage run shop, then sillage gc shop --keep 1'],
  ['out/list.csv', 'sillage run shop writes it anew; else delete the file'],
  ['.sillage/shop/runs/1.jsonl', 'sillage gc shop --journals 0'],
  ['.sillage/shop/work.duckdb', 'sillage run shop, then sillage forget shop --key id=… --key mail=… again'],
  ['.sillage/shop/backfill.duckdb', 'delete it (a cache), then sillage backfill shop'],
  [
    'state/inbox/form/1.jsonl',
    'a record of a form that does not say whose it is: remove_after of the form, then sillage gc',
  ],
  ['.sillage/@dev/shop/work.duckdb', 'sillage forget shop --key id=… --key mail=… --env dev'],
  ['state/@dev/receipts/shop/1.jsonl', 'sillage forget shop --key id=… --key mail=… --env dev'],
  ['marts/dev/.versions/shop/1.duckdb', 'sillage forget shop --key id=… --key mail=… --env dev'],
  [
    '.sillage/letters/work.duckdb',
    "it is letters's: sillage forget letters --key id=… --key mail=… (by its own columns)",
  ],
  [
    'marts/.versions/letters-history/1.duckdb',
    "it is letters's: sillage forget letters --key id=… --key mail=… (by its own columns)",
  ],
  ['.sillage/shop/notes.txt', 'Sillage cannot remove it from here: edit or delete the file'],
  ['.sillage/notes.txt', 'Sillage cannot remove it from here: edit or delete the file'],
  ['marts/notes.txt', 'Sillage cannot remove it from here: edit or delete the file'],
])('what is left in %s is told with what makes it go', (file, said) => {
  expect(next(`/p/${file}`)).toBe(said)
})

it('a place of its own that is called as an environment is no other environment', () => {
  const places = { ...pipeline.places, state: '/p/state/@kept' }
  expect(next('/p/state/@kept/notes', places)).toBe(
    'Sillage cannot remove it from here: edit or delete the file',
  )
})
