import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { hashPieces, pieceBytes } from './file-pieces.ts'

test('the pieces of a file that grew go on where those of the whole ones ended; one byte changes its piece', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sillage-pieces-'))
  try {
    const file = join(folder, 'f')
    const content = Buffer.alloc(2 * pieceBytes + 1000, 7)
    writeFileSync(file, content)
    const before = (await hashPieces(file, { to: content.length }))!
    expect(before).toHaveLength(3)
    appendFileSync(file, 'more')
    expect(await hashPieces(file, { to: content.length })).toEqual(before)
    const whole = (await hashPieces(file, { to: content.length + 4 }))!
    const rest = (await hashPieces(file, { from: 2, to: content.length + 4 }))!
    expect(whole).toEqual([...before.slice(0, 2), ...rest])
    content[pieceBytes + 5] = 8
    writeFileSync(file, content)
    const changed = (await hashPieces(file, { to: content.length }))!
    expect(changed.map((hash, index) => hash === before[index])).toEqual([true, false, true])
    expect(await hashPieces(file, { to: content.length + 1 })).toBeUndefined()
  } finally {
    rmSync(folder, { recursive: true })
  }
})
