import fc from 'fast-check'
import { compress } from 'lz4js'
import { expect, it } from 'vitest'
import { fromLz4Frame } from './lz4-frame.ts'

it('gives any bytes back that another program compressed', () => {
  const bytes = fc.array(fc.tuple(fc.uint8Array({ maxLength: 30 }), fc.nat(40)), { maxLength: 40 })
  fc.assert(
    fc.property(bytes, (parts) => {
      const content = Buffer.concat(
        parts.flatMap(([part, times]) => Array.from({ length: times }, () => part)),
      )
      expect(Buffer.from(fromLz4Frame(compress(content))).equals(content)).toBe(true)
    }),
    { seed: 20261129, numRuns: 300 },
  )
  const long = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => (index * 7 + (index >> 9)) & 255))
  expect(Buffer.from(fromLz4Frame(compress(long))).equals(long)).toBe(true)
})

it('passes over the checksums of blocks and of the content', () => {
  const frame = Buffer.from('04224d185440ae0c0000800b4d00000b4d00000b4d0000387e4cf100000000387e4cf1', 'hex')
  expect(Buffer.from(fromLz4Frame(frame)).toString('hex')).toBe('0b4d00000b4d00000b4d0000')
})

it('says so where the bytes are cut short or damaged', () => {
  const frame = compress(Buffer.from('abcabcabcabcabcabcabcabcabcabcabcabcabcabc'))
  for (const cut of [frame.subarray(0, frame.length - 6), frame.subarray(3), Uint8Array.of(1, 2, 3, 4, 5)])
    expect(() => fromLz4Frame(cut)).toThrow()
})
