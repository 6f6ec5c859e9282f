import { rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectSoundReport, readReport } from '../testing/read-report.ts'
import { expectRows, query, type RunDocument, runPipeline, sillage } from '../testing/run-pipeline.ts'

const secret = `whsec_${Buffer.from('a secret of the test only').toString('base64')}`

/** A receiver that checks signatures, keeps ids, and fails the first attempt of every third message. */
class Receiver {
  readonly seen = new Map<string, number>()
  readonly attempts = new Map<string, number>()
  broken = false
  #server: Server | undefined

  async listen(): Promise<string> {
    const webhook = new Webhook(secret)
    this.#server = createServer((request, response) => {
      let body = ''
      request.on('data', (chunk: Buffer) => (body += chunk.toString()))
      request.on('end', () => {
        const id = String(request.headers['webhook-id'])
        this.attempts.set(id, (this.attempts.get(id) ?? 0) + 1)
        webhook.verify(body, request.headers as Record<string, string>)
        if (this.broken || (this.attempts.size % 3 === 0 && this.attempts.get(id) === 1))
          return response.writeHead(503).end()
        const { data } = JSON.parse(body) as { readonly data: { readonly rows: readonly unknown[] } }
        this.seen.set(id, data.rows.length)
        return response.writeHead(204).end()
      })
    })
    await new Promise<void>((ready) => this.#server!.listen(0, '127.0.0.1', ready))
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/leads`
  }

  close(): void {
    this.#server?.close()
  }
}

describe('web-leads', () => {
  const receiver = new Receiver()
  let url = ''
  const env = { SILLAGE_SECRET_WEB_LEADS: secret }
  const run = () => sillage<RunDocument>(['run', 'web-leads', '--param', `crm=${url}`], env)

  beforeAll(async () => {
    // As a project that never sent: receipts outlive the working database.
    for (const folder of [
      '.sillage/web-leads',
      'state/receipts/web-leads',
      'state/deliveries/web-leads',
      'state/outbox/web-leads',
    ])
      rmSync(new URL(`../../${folder}`, import.meta.url), { recursive: true, force: true })
    url = await receiver.listen()
  })
  afterAll(() => receiver.close())

  it('keeps its marts when the receiver is down, and says so', async () => {
    receiver.broken = true
    const { run: failed } = await run()
    expect(failed.status).toBe('failed')
    expect(failed.error!.code).toBe('delivery_failed')
    expect(failed.mart).toMatch(/web-leads\.duckdb$/)
    expect(receiver.seen.size).toBe(0)
  })

  it('sends each hot lead once, signed, under the keys of the first attempt', async () => {
    receiver.broken = false
    const before = [...receiver.attempts.keys()]
    const { run: done } = await run()
    expect(done.status, JSON.stringify(done.error)).toBe('succeeded')
    // A receiver that is down is not tried with every message: what was committed keeps its key.
    expect(before.length).toBeGreaterThan(0)
    expect([...receiver.seen.keys()]).toEqual(expect.arrayContaining(before))
    const [hot] = await query(
      'web-leads',
      "select count(*) as n from leads where state = 'hot' and (coalesce(consent_phone, false) or coalesce(consent_email, false))",
    )
    expect([...receiver.seen.values()].reduce((sum, rows) => sum + rows, 0)).toBe(hot!.n)
    const attempts = [...receiver.attempts.values()].reduce((sum, count) => sum + count, 0)
    await run()
    expect([...receiver.attempts.values()].reduce((sum, count) => sum + count, 0)).toBe(attempts)
  })

  it('refuses the ten kinds of bad lines with their line, and only them', async () => {
    await runPipeline('web-leads', env)
    const rejected = async (stage: string) =>
      (
        await sillage<{
          readonly rows: readonly { readonly line: number; readonly codes: readonly string[] }[]
        }>(['show', `reject.${stage}`, '-p', 'web-leads', '--limit', '500'])
      ).rows
    const lines = [...(await rejected('forms')), ...(await rejected('leads'))].map((row) => row.line)
    const truth = '.sillage/datasets/web-leads-2014/truth.csv'
    const [wrong] = await query(
      'web-leads',
      `select count(*) as n from read_csv('${truth}') where line in (${lines.join(', ')}) and fault is null`,
    )
    expect(wrong).toEqual({ n: 0 })
    const [kinds] = await query(
      'web-leads',
      `select count(distinct fault) as n, count(*) filter (where fault in ('broken_json', 'not_an_object', 'bad_date') and line not in (${lines.join(', ')})) as missed from read_csv('${truth}') where fault is not null`,
    )
    expect(kinds).toEqual({ n: 10, missed: 0 })
    expectRows(
      await query('web-leads', 'select stage, code, column_name, rows from sillage.rejects order by all'),
      import.meta.url,
      'rejects.csv',
    )
    expectRows(
      await query(
        'web-leads',
        'select state, count(*) as leads, min(score) as lowest, max(score) as highest from leads group by 1 order by lowest',
      ),
      import.meta.url,
      'states.csv',
    )
  })

  it('reports received, refused and kept leads as its SQL gives them, without a name or an address', async () => {
    const report = await readReport('web-leads')
    expectSoundReport(report)
    const { page } = report
    const [rows] = page.tables
    const figure = (column: string) => rows!.rows[0]![rows!.columns.findIndex((one) => one.column === column)]
    const [truth] = await query(
      'web-leads',
      'select sum(rows_out + rejected) filter (where rows_in is null) as received, sum(rejected) as rejected from sillage.steps',
    )
    expect([figure('received'), figure('rejected'), figure('gap')]).toEqual([
      Number(truth!.received).toLocaleString('en'),
      String(truth!.rejected),
      '0',
    ])
    const refused = page.tables.find(({ columns }) => columns.some(({ column }) => column === 'code'))!
    expect(refused.rows.find((row) => row[2] === 'no_contact_point')?.at(-1)).toBe('38')
    const people = await query('web-leads', 'select email from leads where email is not null')
    expect(people.filter(({ email }) => report.source.includes(String(email)))).toEqual([])
  })
})
