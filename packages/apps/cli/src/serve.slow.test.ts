import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { until } from './testing/outcome.ts'
import { TestProject } from './testing/project.ts'
import type { Served } from './testing/served.ts'
import { serving } from './testing/serving.ts'

describe('a large table', () => {
  const lines = Array.from({ length: 300_000 }, (_, row) => `${row},customer ${row},${'x'.repeat(40)}`)
  const project = new TestProject({
    'big.csv': `id,name,note\n${lines.join('\n')}\n`,
    'big.yaml':
      'pipeline: big\nstages:\n  raw: { uses: collect/csv, with: { path: big.csv } }\nmarts: { m: { from: raw, key: [id] } }\n',
  })
  let server: Served
  serving(project, (started) => {
    server = started
  })
  const path = '/api/v1/pipelines/big/marts/m?limit=1000000'
  const open = () => fetch(`${server.address}${path}`)

  it('is streamed whole, and while others do not take theirs', async () => {
    const idle = await Promise.all([open(), open()])
    const { rows } = (await server.ask(path)).json() as { rows: readonly { id: number }[] }
    expect(rows).toHaveLength(300_000)
    expect(rows.at(-1)).toMatchObject({ id: 299_999 })
    for (const { body } of idle) await body!.cancel()
  })

  it('when more is sorted at once than memory holds, some must wait, and are told so', async () => {
    const sorted = () => fetch(`${server.address}${path}&order=note,-id`)
    const opened = await Promise.all(Array.from({ length: 15 }, sorted))
    expect(opened.some(({ status }) => status === 200)).toBe(true)
    expect(opened.filter(({ status }) => ![200, 429].includes(status))).toEqual([])
    await Promise.all(opened.map(({ body }) => body!.cancel()))
  })

  it('whoever goes away makes room: more than may be read at once are begun and left', async () => {
    for (let round = 0; round < 3; round += 1) {
      const opened = await Promise.all(Array.from({ length: 15 }, open))
      expect(new Set(opened.map(({ status }) => status))).toEqual(new Set([200]))
      await Promise.all(opened.map(({ body }) => body!.cancel()))
    }
    expect((await server.ask('/api/v1/pipelines/big/marts/m?limit=1')).status).toBe(200)
  })

  it('when the reader is killed half-way, half a table is not taken for a whole one', async () => {
    const answer = await open()
    process.kill(readerOf(server), 'SIGKILL')
    await until(() => server.log.includes('reader of marts ended'))
    await expect(answer.text()).rejects.toThrow()
    expect((await server.ask('/api/v1/pipelines/big/marts/m?limit=1')).json()).toMatchObject({
      rows: [{ id: 0 }],
    })
    expect((await server.ask('/metrics')).text).toContain('sillage_reader_restarts_total 1')
  })
})

/** The process that reads marts for a server. */
function readerOf({ child }: Served): number {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  const isReader = (pid: string): boolean => {
    try {
      const parent = /\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]
      return Number(parent) === child.pid && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('reader')
    } catch {
      return false
    }
  }
  return Number(all.find(isReader))
}
