import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask } from './testing/history.ts'
import { findings, succeeded } from './testing/outcome.ts'
import { TestProject } from './testing/project.ts'
import { Served } from './testing/served.ts'

const settings = `inbox:
  forms:
    newsletter:
      fields:
        email: { type: text, label: Your e-mail, required: true, max: 320, format: email }
        customer: { type: integer, min: 1 }
        city: { type: text }
        news: { type: boolean }
        interests: { type: list, one_of: [wine, cheese] }
      unknown: refuse
      rate: 100000
    survey:
      fields: { mail: { type: text }, answer: { type: text, one_of: [yes, no] } }
      honeypot: website
      rate: 100000
    signed:
      fields: { email: { type: text } }
      hmac: "\${secret:signed}"
`

const pipeline = `pipeline: people
stages:
  raw:
    uses: collect/inbox
    with:
      form: newsletter
      columns: { email: email, customer_id: customer, city: city }
      record: { entry: id, received_at: at }
  lines:
    uses: clean/contract
    from: raw
    with:
      columns:
        entry: { type: text, required: true }
        email: { type: text, required: true, personal: true }
        customer_id: { type: integer }
        received_at: { type: timestamp, required: true }
    expect: [{ unique: [entry] }]
marts: { people: { from: lines, key: [entry] } }
`

const emails = async (project: TestProject) =>
  (await ask(project, 'select email from people order by email', 'people')).map(
    (row) => (row as { email: string }).email,
  )

const run = async (project: TestProject, ...args: readonly string[]) =>
  succeeded(await project.run(['run', 'people', '--output', 'json', ...args]))

describe('a form, from the post to the mart', () => {
  const project = new TestProject({
    'sillage.yaml': settings,
    'people.yaml': pipeline,
    'secrets/signed': 'hush-hush-hush-hush\n',
  })
  let server: Served
  beforeAll(async () => {
    const before = await project.run(['run', 'people'])
    expect(before.exit, before.err).toBe(0)
    expect(before.err).toContain('nothing was received for the form newsletter yet')
    server = await Served.start(project)
  })
  afterAll(async () => {
    await server.stop()
    project[Symbol.dispose]()
  })
  const send = async (form: string, body: unknown) => {
    const answer = await server.ask(`/collect/${form}`, { method: 'POST', body })
    expect(answer.status, answer.text).toBe(202)
  }

  it('each run reads what came since, once; a full refresh finds the same', async () => {
    expect(await emails(project)).toEqual([])
    await send('newsletter', [
      { email: 'ada@mail.example', customer: 17850, city: 'Lyon' },
      { email: 'bob@mail.example' },
    ])
    await run(project)
    await send('newsletter', { email: 'eve@mail.example', customer: 17851 })
    const { steps } = await run(project)
    expect(steps).toMatchObject([
      { stage: 'raw', action: 'run', rows_out: 3 },
      { rows_out: 3, rejected: 0 },
    ])
    expect((await run(project)).steps).toMatchObject([{ action: 'reuse' }, { action: 'reuse' }])
    expect(await emails(project)).toEqual(['ada@mail.example', 'bob@mail.example', 'eve@mail.example'])
    await run(project, '--full-refresh')
    expect(await emails(project)).toEqual(['ada@mail.example', 'bob@mail.example', 'eve@mail.example'])
  })

  it('what does not fit a declared field is refused with its reason', async () => {
    const problems = async (body: unknown) => {
      const answer = await server.ask('/collect/newsletter', { method: 'POST', body })
      expect(answer.status, answer.text).toBe(422)
      return (answer.json() as { problems: readonly object[] }).problems
    }
    expect(await problems({ email: 'no address', customer: 0, more: 1, interests: ['beer'] })).toEqual(
      expect.arrayContaining([
        { line: 1, field: 'email', code: 'format_wrong' },
        { line: 1, field: 'customer', code: 'below_min' },
        { line: 1, field: 'more', code: 'field_unknown' },
        { line: 1, field: 'interests', code: 'not_among' },
      ]),
    )
    const page = await server.raw(
      '/collect/newsletter',
      { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' },
      { method: 'POST', body: 'email=no+address&customer=0&interests=beer' },
    )
    expect(page.status).toBe(422)
    expect(page.text).toContain('<strong>Your e-mail</strong>: please enter an e-mail address')
    expect(page.text).toContain('<strong>customer</strong>: at least 1')
    expect(page.text).toContain('<strong>interests</strong>: choose one of these: wine, cheese')
    expect(await problems({ customer: 1.5, news: 'maybe' })).toEqual(
      expect.arrayContaining([
        { line: 1, field: 'email', code: 'missing' },
        { line: 1, field: 'customer', code: 'type_wrong' },
        { line: 1, field: 'news', code: 'type_wrong' },
      ]),
    )
    expect(await problems({ email: `${'a'.repeat(321)}@x.fr` })).toContainEqual({
      line: 1,
      field: 'email',
      code: 'too_long',
    })
    expect(await problems(JSON.parse('{"email":"a@x.fr","__proto__":1}'))).toEqual([
      { line: 1, field: '__proto__', code: 'field_unknown' },
    ])
  })

  it('sillage inbox says what lies there and what is unread, and nothing of a person', async () => {
    await send('newsletter', { email: 'una@mail.example' })
    await send('survey', { mail: 'una@mail.example', answer: 'yes' })
    const ended = await project.run(['inbox', '--output', 'json'])
    expect(ended.json()).toMatchObject({
      inbox: [
        {
          form: 'newsletter',
          declared: true,
          records: 4,
          readers: [{ pipeline: 'people', stage: 'raw', unread: 1 }],
        },
        { form: 'signed', records: 0, last: null, readers: [] },
        { form: 'survey', records: 1, readers: [] },
      ],
    })
    expect(ended.out).not.toContain('mail.example')
    expect((await project.run(['inbox'])).out).toMatch(/newsletter +4 .* people\.raw +1\n/)
  })

  it('a person is forgotten in all forms while the server goes on receiving, and cursors stay right', async () => {
    await run(project)
    await send('survey', [
      { mail: 'ADA@mail.example', answer: 'no' },
      { mail: 'bob@mail.example', answer: 'yes' },
    ])
    await send('newsletter', { email: 'ada@mail.example', city: 'Paris' })
    // As some encoders write it.
    await send('survey', '{"mail":"\\u0061da\\u0040mail.example"}')
    const sending = (async () => {
      for (let index = 0; index < 60; index += 1)
        await send('newsletter', { email: `n${index}@mail.example` })
    })()
    const forgotten = await project.run([
      'forget',
      'people',
      '--key',
      'customer_id=17850',
      '--output',
      'json',
    ])
    await sending
    expect(forgotten.exit, forgotten.out).toBe(0)
    const { removed, scan } = forgotten.json() as {
      removed: readonly { file: string; table: string; rows: number }[]
      scan: { hits: readonly object[] }
    }
    expect(scan.hits).toEqual([])
    // Twice in the newsletter (by number, and by address without one), twice in the survey, once behind escapes.
    const inbox = removed.filter(({ file }) => file.includes('/state/inbox/'))
    expect(inbox.map(({ table, rows }) => `${table} ${rows}`).sort()).toEqual(['newsletter 2', 'survey 2'])
    expect(project.files('state').join('\n')).not.toMatch(/ada@mail|17850|u0061/i)
    await run(project)
    await run(project)
    const expected = ['bob', 'eve', 'una', ...Array.from({ length: 60 }, (_, index) => `n${index}`)]
    expect(await emails(project)).toEqual(expected.map((name) => `${name}@mail.example`).sort())
    await run(project, '--full-refresh')
    expect(await emails(project)).toHaveLength(63)
  })

  it('a server that is killed is followed by another, and keys are known to it', async () => {
    const headers = { 'idempotency-key': 'k-1' }
    const body = { email: 'kay@mail.example' }
    const first = await server.ask('/collect/newsletter', { method: 'POST', body, headers })
    await server.stop('SIGKILL')
    server = await Served.start(project)
    const again = await server.ask('/collect/newsletter', { method: 'POST', body, headers })
    expect(again.text).toBe(first.text)
    await run(project)
    expect((await emails(project)).filter((email) => email.startsWith('kay'))).toHaveLength(1)
  })

  it('an environment has an inbox of its own', async () => {
    using other = new TestProject({
      'sillage.yaml': `${settings}environments: { test: {} }\n`,
      'people.yaml': pipeline,
      'secrets/signed': 'hush-hush-hush-hush',
    })
    const served = await Served.start(other, { args: ['--env', 'test'] })
    await served.ask('/collect/newsletter', { method: 'POST', body: { email: 'a@x.fr' } })
    await served.stop()
    expect(other.files('state/@test/inbox/newsletter').join()).toContain('a@x.fr')
    expect((await run(other)).steps[0]!.rows_out).toBe(0)
    expect((await run(other, '--env', 'test')).steps[0]!.rows_out).toBe(1)
  })
})

it('a form that is declared wrongly, or a secret that is missing, is told before anything is served', async () => {
  using project = new TestProject({
    'sillage.yaml': 'inbox:\n  forms:\n    news: { hmac: plain-secret, fields: { a: { type: text } } }\n',
  })
  const ended = await project.run(['serve', '--output', 'json'])
  expect(findings(ended)).toMatchObject([{ code: 'secret_expected', line: 3 }])
  expect(ended.out + ended.err).not.toContain('plain-secret')
  project.write('sillage.yaml', settings)
  const missing = await project.run(['serve', '--output', 'json'])
  expect(missing.exit).toBe(78)
  expect(missing.json()).toMatchObject({ error: { code: 'secret_missing' } })
  project.write('secrets/signed', 'too-short')
  const weak = await project.run(['serve', '--output', 'json'])
  expect(weak.json()).toMatchObject({ error: { code: 'secret_weak' } })
  expect(weak.out + weak.err).not.toContain('too-short')
})

it('a form that nobody declares is a warning at its place, with the nearest name', async () => {
  using project = new TestProject({
    'sillage.yaml': settings,
    'people.yaml': pipeline.replace('form: newsletter', 'form: newsleter'),
  })
  const ended = await project.run(['validate', 'people', '--output', 'json'])
  expect(ended.exit, ended.out).toBe(0)
  expect(ended.json()).toMatchObject({
    valid: true,
    diagnostics: [
      { code: 'form_undeclared', severity: 'warning', line: 6, hint: expect.stringContaining('newsletter') },
    ],
  })
  project.write('people.yaml', pipeline.replace('form: newsletter', 'form: ../x'))
  expect(findings(await project.run(['validate', 'people', '--output', 'json']))).toMatchObject([
    { code: 'value_invalid', line: 6 },
  ])
})
