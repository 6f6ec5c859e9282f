import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { TestProject } from './testing/project.ts'
import { Receiver } from './testing/receiver.ts'

const saved = fileURLToPath(new URL('../../../../datasets/saved/43c95bd/project.tar.gz', import.meta.url))

/** A project as the version before left it, with messages that arrived, failed and were never noted. */
function project({ working }: { readonly working: boolean }): TestProject {
  const one = new TestProject()
  execFileSync('tar', ['-xzf', saved, '-C', one.folder])
  if (!working) rmSync(join(one.folder, '.sillage'), { recursive: true })
  return one
}

interface Told {
  readonly run: {
    readonly status: string
    readonly deliveries: readonly {
      readonly stage: string
      readonly sent: number
      readonly known: number
      readonly held: number
    }[]
    readonly error?: { readonly code: string; readonly hint: string }
  }
}

async function run(one: TestProject, pipeline: string, target: Receiver, args: readonly string[] = ['run']) {
  const ended = await one.run([args[0]!, pipeline, ...args.slice(1), '--output', 'json'], {
    CRM_URL: target.url,
  })
  return { exit: ended.exit, err: ended.err, told: (ended.json() as Told).run }
}

const crm = ({ told }: Awaited<ReturnType<typeof run>>) =>
  told.deliveries.find(({ stage }) => stage === 'crm')

const idsOf = (target: Receiver): readonly number[] =>
  target.received.flatMap(({ body }) =>
    (JSON.parse(body).data.rows as readonly { readonly id: number }[]).map(({ id }) => id),
  )

describe('the state of the version before', () => {
  it('sends what waited first, under its old ids, and nothing that arrived', async () => {
    using target = await Receiver.open()
    using one = project({ working: true })
    const first = await run(one, 'people', target)
    expect(first.exit, first.err).toBe(0)
    expect(target.ids).toEqual([
      '64f2ac67a18c95fdd2aaee46cedd60399ac711b6',
      '240d22ca2fd2d18ee91b62a5711f52e073daa1b7',
    ])
    expect(idsOf(target)).toEqual(Array.from({ length: 20 }, (_, index) => 31 + index))
    expect(crm(first)).toMatchObject({ sent: 20, known: 30, held: 0 })
    expect((await run(one, 'people', target)).exit).toBe(0)
    expect(target.received).toHaveLength(2)
  })

  it.each([true, false])('knows who has everything, with its working database: %s', async (working) => {
    using target = await Receiver.open()
    using one = project({ working })
    const first = await run(one, 'orders', target)
    expect(first.exit, first.err).toBe(0)
    expect(target.received).toEqual([])
    expect(crm(first)).toMatchObject({ sent: 0, known: 51 })
    one.write(
      'orders/data.csv',
      'id,email,tier,spent,since\n1,person1@example.org,gold,3.50,2025-01-02\n99,new@example.org,gold,1.00,2025-01-01\n',
    )
    await run(one, 'orders', target)
    expect(idsOf(target)).toEqual([1, 99])
  })

  it.each([true, false])(
    'does not send what may have been sent, and names the two ways on, with its working database: %s',
    async (working) => {
      using target = await Receiver.open()
      using one = project({ working })
      const first = await run(one, 'leads', target)
      expect(first.exit).toBe(1)
      expect(first.told.error).toMatchObject({ code: 'delivery_unknown' })
      expect(first.told.error!.hint).toContain('sillage resend leads crm --unknown --mark-delivered')
      expect(crm(first)).toMatchObject({ sent: 0, held: 29 })
      expect(target.received).toEqual([])
      if (working) {
        const sent = await run(one, 'leads', target, ['resend', 'crm', '--unknown'])
        expect(sent.err).toContain('29 rows')
        expect(sent.exit, sent.err).toBe(0)
        expect([...idsOf(target)].sort((a, b) => a - b)).toEqual(Array.from({ length: 29 }, (_, i) => i + 2))
      } else {
        const marked = await one.run(['resend', 'leads', 'crm', '--unknown', '--mark-delivered'], {
          CRM_URL: target.url,
        })
        expect(marked.exit, marked.err).toBe(0)
        const next = await run(one, 'leads', target)
        expect(next.exit, next.err).toBe(0)
        expect(crm(next)).toMatchObject({ known: 29 })
        expect(target.received).toEqual([])
      }
    },
  )
})
