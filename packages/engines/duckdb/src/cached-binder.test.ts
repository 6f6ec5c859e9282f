import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { DuckDbBinder } from './binder.ts'
import { CachedBinder } from './cached-binder.ts'

test('a question that is under way when the binder closes is answered and kept; a later one is refused', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'binder-'))
  try {
    const file = join(folder, 'bind.json')
    const binder = new CachedBinder(file, async () => new DuckDbBinder())
    await binder.query('select 1 as one', 'state')
    const slow = 'select count(*) as n from (select sqrt(range) from range(20000000) where range % 7 = 0)'
    const asking = binder.query(slow, 'state')
    await binder[Symbol.asyncDispose]()
    expect(await asking).toEqual([{ n: 2_857_143 }])
    await expect(binder.query('select 2 as two', 'state')).rejects.toThrow('closed')

    const opens = async (): Promise<never> => {
      throw new Error('asked again')
    }
    await using again = new CachedBinder(file, opens)
    expect(await again.query(slow, 'state')).toEqual([{ n: 2_857_143 }])
  } finally {
    rmSync(folder, { recursive: true })
  }
})
