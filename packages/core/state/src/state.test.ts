import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openState } from './index.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sillage-state-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const kind = 'receipts'
const pipeline = 'shop'

function two() {
  const state = openState(join(folder, 'state'))
  state.append({ kind, pipeline, run: '20260102T000000-0000', records: [{ key: 'c' }] })
  state.append({ kind, pipeline, run: '20260101T000000-0000', records: [{ key: 'a' }, { key: 'b' }] })
  state.append({ kind, pipeline, run: '20260102T000000-0000', records: [{ key: 'd' }] })
  return state
}

describe('state', () => {
  it('gives records back in the order of their runs, of one kind and pipeline', () => {
    const state = two()
    state.append({ kind, pipeline: 'other', run: '20260101T000000-0000', records: [{ key: 'x' }] })
    state.append({ kind: 'columns', pipeline, run: '20260101T000000-0000', records: [{ key: 'y' }] })
    expect([...state.read(kind, pipeline)].map(({ key }) => key)).toEqual(['a', 'b', 'c', 'd'])
    expect([...state.read('suppressions', pipeline)]).toEqual([])
  })

  it('makes nothing before the first record', () => {
    const state = openState(join(folder, 'state'))
    state.append({ kind, pipeline, run: 'r', records: [] })
    expect(existsSync(join(folder, 'state'))).toBe(false)
  })

  it('leaves out a segment that was being written, and clears it away', () => {
    const state = two()
    const torn = join(state.folder, kind, pipeline, '20260103T000000-0000-0009.jsonl.partial')
    writeFileSync(torn, '{"v":1,"key":"torn"}\n{"v":1,"ke')
    expect([...state.read(kind, pipeline)]).toHaveLength(4)
    state.append({ kind, pipeline, run: '20260103T000000-0000', records: [{ key: 'e' }] })
    expect([...state.read(kind, pipeline)].at(-1)).toEqual({ key: 'e' })
    state.tidy('other')
    expect(existsSync(torn)).toBe(true)
    state.tidy(pipeline)
    expect(existsSync(torn)).toBe(false)
    expect([...state.read(kind, pipeline)]).toHaveLength(5)
    openState(join(folder, 'nowhere')).tidy(pipeline)
  })

  it('names file and line of a damaged line, of a cut file and of a newer version', () => {
    const state = two()
    const [first] = state.segments(kind, pipeline)
    const whole = readFileSync(first!, 'utf8')
    const read = () => [...state.read(kind, pipeline)]
    const cases: readonly (readonly [string, string, number])[] = [
      [whole.replace('"b"', '"b'), 'state_damaged', 2],
      [whole.split('\n').slice(0, 2).join('\n'), 'state_damaged', 3],
      [whole.split('\n').slice(1).join('\n'), 'state_damaged', 2],
      ['', 'state_damaged', 1],
      [whole.replace('{"v":1,"key":"b"', '{"v":2,"key":"b"'), 'state_newer', 2],
    ]
    for (const [text, code, line] of cases) {
      writeFileSync(first!, text)
      expect(read, text).toThrow(expect.objectContaining({ code, facts: expect.objectContaining({ line }) }))
      expect(read, text).toThrow(`${basename(first!)}:${line}`)
    }
    writeFileSync(first!, whole)
    appendFileSync(first!, '{"v":1,"key":"late"}\n')
    expect(read).toThrow(expect.objectContaining({ code: 'state_damaged' }))
  })
})
