import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { TestProject } from './testing/project.ts'
import { Receiver } from './testing/receiver.ts'

const pipeline = (url: string) => `pipeline: p
stages:
  raw: { uses: collect/csv, with: { path: people.csv } }
  crm: { uses: activate/webhook, from: raw, with: { url: "${url}/\${secret:token}", attempts: 1 } }
  list: { uses: activate/file, from: raw, with: { path: out/people.csv } }
marts: { people: { from: raw } }
`

const environments = `environments:
  dev: { memory: 500MB }
  prod: { send: true, secrets: keys/prod, marts: published }
`

const project = (url: string, yaml = environments) =>
  new TestProject({
    'people.csv': 'id\n1\n2\n',
    'pipeline.yaml': pipeline(url),
    'sillage.yaml': yaml,
    'keys/prod/token': 'hush-7f3a\n',
  })

interface Told {
  readonly run: {
    readonly status: string
    readonly mart: string
    readonly deliveries: readonly { readonly stage: string; readonly status: string }[]
    readonly error?: { readonly code: string }
  }
}

describe('an environment', () => {
  it('sends only where it says so, and keeps its things apart', async () => {
    using target = await Receiver.open()
    using one = project(target.url)
    for (const args of [[], ['--env', 'dev']]) {
      const ended = await one.run(['run', ...args, '--output', 'json'])
      expect(ended.exit).toBe(0)
      expect((ended.json() as Told).run.deliveries).toMatchObject([
        { stage: 'crm', status: 'not_sent' },
        { stage: 'list', status: 'sent' },
      ])
    }
    expect(target.received).toEqual([])
    const told = await one.run(['run', '--env', 'dev'])
    expect(told.err).toContain('2 rows not sent: environment dev does not send')
    const sent = await one.run(['run', '--output', 'json'], { SILLAGE_ENV: 'prod' })
    expect((sent.json() as Told).run.deliveries[0]).toMatchObject({ stage: 'crm', status: 'sent' })
    expect(target.received.map(({ path }) => path)).toEqual(['/hush-7f3a'])
    for (const made of [
      '.sillage/@dev/p/work.duckdb',
      '.sillage/@prod/p/work.duckdb',
      'marts/dev/p.duckdb',
      'published/p.duckdb',
      'state/@prod/receipts/p',
    ])
      expect(existsSync(join(one.folder, made)), made).toBe(true)
    const shown = await one.run(['status', '--env', 'prod', '--output', 'json'])
    expect((shown.json() as { readonly runs: readonly unknown[] }).runs).toHaveLength(1)
  })

  it('that a sink needs a secret for is told before anything runs; one that does not send needs none', async () => {
    using target = await Receiver.open()
    using one = project(target.url, environments.replace('keys/prod', 'keys/none'))
    expect((await one.run(['run', '--env', 'dev'])).exit).toBe(0)
    const ended = await one.run(['run', '--env', 'prod', '--output', 'json'])
    expect((ended.json() as Told).run.error?.code).toBe('secret_missing')
    expect(existsSync(join(one.folder, 'published/p.duckdb'))).toBe(false)
  })

  it('is checked as it is read: keys, names, folders that two share', async () => {
    using target = await Receiver.open()
    using one = project(target.url)
    const codes = async (yaml: string, args: readonly string[] = []) => {
      one.write('sillage.yaml', yaml)
      const ended = await one.run(['run', ...args, '--output', 'json'])
      const { error, diagnostics } = ended.json() as {
        readonly error: { readonly code: string; readonly hint?: string }
        readonly diagnostics: readonly {
          readonly code: string
          readonly line: number
          readonly hint: string
        }[]
      }
      return [
        ended.exit,
        error.code,
        error.hint,
        ...diagnostics.flatMap(({ code, line, hint }) => [code, line, hint]),
      ]
    }
    expect(await codes('environments:\n  prod: { sned: true }\n')).toEqual([
      78,
      'invalid',
      'correct what the diagnostics name',
      'key_unknown',
      2,
      'did you mean "send"?',
    ])
    expect(await codes('environments:\n  Prod: {}\n')).toContain('name_invalid')
    expect(await codes('environments:\n  a: { marts: m }\n  b: { marts: ./m }\n')).toContain(
      'environments_share',
    )
    expect(await codes(environments, ['--env', 'prd'])).toEqual([
      2,
      'environment_unknown',
      'did you mean "prod"?',
    ])
  })
})

/** What the command of an alarm wrote. */
const lines = ({ folder }: TestProject): readonly string[] =>
  existsSync(join(folder, 'alarms')) ? readFileSync(join(folder, 'alarms'), 'utf8').trim().split('\n') : []

const alarmed = (url: string) =>
  `on_failure:\n  webhook: "${url}/\${secret:path}"\n  command: 'echo "$SILLAGE_ALARM $SILLAGE_PIPELINE $SILLAGE_STATUS $SILLAGE_ERROR $SILLAGE_STAGE" >> alarms; echo told'\n`

const failing = `pipeline: q
freshness: 26h
stages:
  raw: { uses: collect/csv, with: { path: people.csv }, expect: [{ row_count: { min: 3 } }] }
marts: { people: { from: raw } }
`

describe('on_failure', () => {
  const env = { SILLAGE_SECRET_PATH: 'hook-51c0' }

  it('is told once of a run that failed, without a value of a customer', async () => {
    using target = await Receiver.open()
    using one = new TestProject({
      'people.csv': 'id\nsomeone@x.example\n',
      'pipeline.yaml': failing,
      'sillage.yaml': alarmed(target.url),
    })
    const ended = await one.run(['run', '--output', 'json'], env)
    expect(ended.exit).toBe(1)
    expect((ended.json() as Told).run.error?.code).toBe('check_failed')
    expect(target.received.map(({ path }) => path)).toEqual(['/hook-51c0'])
    expect(JSON.parse(target.received[0]!.body)).toMatchObject({
      type: 'run_failed',
      data: { pipeline: 'q', environment: null, status: 'failed', error: 'check_failed', stage: 'raw' },
    })
    expect(target.received[0]!.body).not.toContain('x.example')
    expect(lines(one)).toEqual(['run_failed q failed check_failed raw'])
    expect(one.files('.sillage').join('\n')).not.toContain('hook-51c0')
  })

  it('is told of a pipeline that does not compile, but not of a sample, a wrong option or a success', async () => {
    using target = await Receiver.open()
    using one = new TestProject({
      'people.csv': 'id\n1\n2\n3\n',
      'pipeline.yaml': failing,
      'sillage.yaml': alarmed(target.url),
    })
    expect((await one.run(['run'], env)).exit).toBe(0)
    expect((await one.run(['run', '--sample', '1'], env)).exit).toBe(1)
    expect((await one.run(['run', 'nothing'], env)).exit).toBe(2)
    expect(target.received).toEqual([])
    one.write('pipeline.yaml', failing.replace('collect/csv', 'collect/cvs'))
    expect((await one.run(['run'], env)).exit).toBe(78)
    expect(lines(one)).toEqual(['run_failed q failed invalid'])
    expect(target.received).toHaveLength(1)
  })

  it('hides no failure where it fails itself, and needs its secret from the start', async () => {
    using one = new TestProject({
      'people.csv': 'id\n1\n',
      'pipeline.yaml': failing,
      'sillage.yaml': `on_failure: { webhook: "http://127.0.0.1:9/x", command: "exit 3" }\n`,
    })
    const ended = await one.run(['run', '--output', 'json'])
    expect(ended.exit).toBe(1)
    expect((ended.json() as Told).run.error?.code).toBe('check_failed')
    expect(ended.err).toContain('on_failure: the webhook was not told: it cannot be reached')
    expect(ended.err).toContain('on_failure: the command ended with 3')
    one.write('sillage.yaml', alarmed('http://127.0.0.1:9'))
    const without = await one.run(['run'])
    expect(without.exit).toBe(78)
    expect(without.err).toContain('SILLAGE_SECRET_PATH')
  })
})

describe('status --check', () => {
  it('exits 1 and tells on_failure where the last whole success is too old', async () => {
    using target = await Receiver.open()
    using one = new TestProject({
      'people.csv': 'id\n1\n2\n3\n',
      'pipeline.yaml': failing,
      'sillage.yaml': `on_failure: { webhook: "${target.url}" }\n`,
    })
    const check = async () => {
      const ended = await one.run(['status', '--check', '--output', 'json'])
      const { freshness } = ended.json() as { readonly freshness: readonly object[] }
      return { exit: ended.exit, freshness }
    }
    expect(await check()).toMatchObject({ exit: 1, freshness: [{ pipeline: 'q', last_success: null }] })
    expect(JSON.parse(target.received[0]!.body)).toMatchObject({
      type: 'pipeline_stale',
      data: { pipeline: 'q', status: 'stale' },
    })
    await one.run(['run', '--dry-run'])
    expect(await check()).toMatchObject({ exit: 1 })
    const { run } = (await one.run(['run', '--output', 'json'])).json() as {
      readonly run: { readonly id: string }
    }
    expect(await check()).toMatchObject({ exit: 0, freshness: [{ fresh: true, freshness: '26h' }] })
    const journal = join(one.folder, `.sillage/q/runs/${run.id}.jsonl`)
    const old = new Date(Date.now() - 27 * 3_600_000).toISOString()
    writeFileSync(journal, readFileSync(journal, 'utf8').replaceAll(/"at":"[^"]*"/g, `"at":"${old}"`))
    const stale = await check()
    expect(stale).toMatchObject({ exit: 1, freshness: [{ fresh: false, last_success: old }] })
    expect(target.received).toHaveLength(3)
  })

  it('takes the project’s freshness where a pipeline says none, and says so where nobody does', async () => {
    using one = new TestProject({ 'people.csv': 'id\n1\n2\n3\n', 'pipeline.yaml': failing })
    one.write('pipeline.yaml', failing.replace('freshness: 26h\n', ''))
    one.write('sillage.yaml', 'freshness: 1d\n')
    expect((await one.run(['run'])).exit).toBe(0)
    const ended = await one.run(['status', '--check'])
    expect(ended.exit).toBe(0)
    expect(ended.out).toMatch(/q: last success .* within 1d/)
    one.write('sillage.yaml', '')
    expect((await one.run(['status', '--check'])).err).toContain('freshness_missing')
    one.write('sillage.yaml', 'freshness: soon\n')
    expect((await one.run(['status', '--check'])).err).toContain('duration_invalid')
  })
})
