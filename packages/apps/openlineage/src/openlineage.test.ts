import type { SourceStep } from '@sillage/plan'
import { expect, it } from 'vitest'
import { destinationDataset, readBy } from './datasets.ts'
import { runUuid, uuidOf } from './run-uuid.ts'

it('a UUID by name is that of RFC 9562, and of a run always the same', () => {
  // RFC 9562, appendix A.4: the DNS namespace and www.example.com.
  expect(uuidOf('6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'www.example.com')).toBe(
    '2ed6657d-e927-568b-95e1-2665a8aea6a2',
  )
  expect(runUuid('sillage', 'shop', '20260101T000000-0001')).toBe(
    runUuid('sillage', 'shop', '20260101T000000-0001'),
  )
  const names = [['a', 'b'], ['ab'], ['a', 'b', 'c'], ['a', 'bc'], ['sillage', 'a', 'b']]
  expect(new Set(names.map((one) => runUuid(...one)))).toHaveLength(names.length)
})

it('a destination is told without what may be secret in it', () => {
  expect(destinationDataset('https://me:hush@crm.example/hooks/in?token=hush#x')).toEqual({
    namespace: 'https://crm.example',
    name: '/hooks/in',
  })
  expect(destinationDataset('/out/list.csv')).toEqual({ namespace: 'file', name: '/out/list.csv' })
})

it('many files are told as the folder that holds all of them', () => {
  const files = Array.from({ length: 40 }, (_, day) => `/data/orders/2026-${day % 12}/day-${day}.csv`)
  expect(readBy({ files } as unknown as SourceStep)).toEqual([{ namespace: 'file', name: '/data/orders' }])
  expect(readBy({ files: files.slice(0, 2) } as unknown as SourceStep)).toHaveLength(2)
})
