import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { hashPieces, pieceBytes, sampledBytes } from '@sillage/ledger'
import { afterAll, expect, it } from 'vitest'
import { hashContents } from './file-contents.ts'
import { scan } from './steps.fixture.ts'

const folder = mkdtempSync(join(tmpdir(), 'sillage-contents-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const signal = new AbortController().signal

function write(name: string, bytes: number, fill = 1): string {
  const path = join(folder, name)
  writeFileSync(path, Buffer.alloc(bytes, fill))
  return path
}
const stateOf = (path: string) => {
  const { size, mtimeMs, ctimeMs } = statSync(path)
  return { name: basename(path), size, modified: Math.trunc(mtimeMs), changed: ctimeMs, hash: 'h' }
}
const step = (paths: readonly string[], more: object = {}) => {
  const base = scan('orders', 'f2', { files: paths, followsGrowth: true } as never)
  return { ...base, parts: { ...base.parts, files: paths.map(stateOf) }, ...more } as never
}
const hashed = async (one: never, last: object = new Map()) =>
  (await hashContents([one], { last: last as never, signal })).get('orders')

it('large files are hashed piece by piece, where their growth is followed', async () => {
  const big = write('big.csv', pieceBytes + 10)
  const small = write('small.csv', sampledBytes)
  const pieces = await hashPieces(big, { from: 0, to: pieceBytes + 10, signal })
  expect(pieces).toHaveLength(2)
  expect(await hashed(step([big, small]))).toEqual({ 'big.csv': pieces })
  expect(await hashed(step([big], { followsGrowth: false }))).toBeUndefined()
  expect(await hashed(step([big], { style: 'sql' }))).toBeUndefined()
})

it('what is known is not read again: all of a file that stayed, the start of one that grew', async () => {
  const path = write('known.csv', pieceBytes + 10)
  const state = stateOf(path)
  const last = (more: object = {}) =>
    new Map([
      [
        'orders',
        {
          fingerprint: 'f1',
          parts: { files: [state] },
          contents: { 'known.csv': ['a', 'b'] },
          ...more,
        } as never,
      ],
    ])
  expect(await hashed(step([path]), last())).toEqual({ 'known.csv': ['a', 'b'] })
  write('known.csv', 2 * pieceBytes)
  const grown = { appended: { since: 'f1', select: '' } }
  const [first, second] = (await hashPieces(path, { from: 0, to: 2 * pieceBytes, signal }))!
  expect(await hashed(step([path], grown), last())).toEqual({ 'known.csv': ['a', second] })
  expect(await hashed(step([path], { appended: { since: 'f0', select: '' } }), last())).toEqual({
    'known.csv': [first, second],
  })
  expect(await hashed(step([path]), last())).toEqual({ 'known.csv': [first, second] })
  expect(await hashed(step([path], grown), last({ contents: undefined }))).toEqual({
    'known.csv': [first, second],
  })
})

it('a file that changed meanwhile, or shares its name, is left out', async () => {
  const path = write('moved.csv', sampledBytes + 1)
  const planned = step([path])
  write('moved.csv', sampledBytes + 2)
  expect(await hashed(planned)).toEqual({})
  rmSync(path)
  expect(await hashed(planned).catch(() => ({}))).toEqual({})
  const twin = write('big.csv', sampledBytes + 1)
  expect(await hashed({ ...(step([twin]) as object), files: [twin, '/other/big.csv'] } as never)).toEqual({})
})
