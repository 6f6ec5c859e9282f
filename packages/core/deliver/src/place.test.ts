import { mkdirSync, mkdtempSync, rmSync, statSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { shownDestination } from './open-book.ts'
import { deliveryFolders, knownPlaces, notePlace, placeName } from './place.ts'
import { placeFolders } from './waiting.ts'

const folder = mkdtempSync(join(tmpdir(), 'sillage-place-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('a place is a stage, its destination and its key', () => {
  const place = { destination: 'a', key: ['id'] }
  const name = placeName('crm', place)
  expect(name).toMatch(/^crm-[0-9a-f]{12}$/)
  expect(placeName('crm', { ...place })).toBe(name)
  for (const other of [
    { ...place, destination: 'b' },
    { ...place, key: ['n'] },
  ])
    expect(placeName('crm', other)).not.toBe(name)
})

it('places are known by what was noted of them, which is written once', () => {
  const folders = deliveryFolders(folder, 'p')
  expect([...knownPlaces(folders)]).toEqual([])
  expect(placeFolders(folders)).toEqual([])
  const place = { stage: 'crm', destination: 'a', key: ['id'], mode: 'upsert' } as const
  mkdirSync(join(folders.deliveries, 'none'), { recursive: true })
  notePlace(join(folders.deliveries, 'crm-2'), place)
  const file = join(folders.deliveries, 'crm-2/place.json')
  utimesSync(file, 1, 1)
  notePlace(join(folders.deliveries, 'crm-2'), place)
  expect(statSync(file).mtimeMs).toBe(1000)
  notePlace(join(folders.deliveries, 'crm-2'), { ...place, mode: 'mirror' })
  notePlace(join(folders.deliveries, 'crm-1'), place)
  expect([...knownPlaces(folders)]).toEqual([
    ['crm-1', place],
    ['crm-2', { ...place, mode: 'mirror' }],
  ])
  mkdirSync(join(folders.outbox, 'crm-1'), { recursive: true })
  expect(placeFolders(folders)).toContain(join(folders.outbox, 'crm-1'))
})

it('a destination is shown without what may be a secret', () => {
  const shown = (destination: string, files: readonly unknown[] = []) =>
    shownDestination({ delivery: { destination }, files } as never)
  expect(shown('tell url="https://me:word@crm.example/in?token=x" more')).toBe(
    'tell url="https://crm.example/in" more',
  )
  expect(shown('table ${secret:name}?a')).toBe('table …')
  expect(shown('/out/a?b.csv\n/out/c.csv', [{}])).toBe('/out/a?b.csv, /out/c.csv')
})
