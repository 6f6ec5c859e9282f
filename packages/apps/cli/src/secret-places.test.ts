import { describe, expect, it } from 'vitest'
import { ownBatch, ownSql } from './testing/own-plugin.ts'
import { TestProject } from './testing/project.ts'
import { Receiver } from './testing/receiver.ts'

const head = `pipeline: p
as_of: 2026-01-01
stages:
  a: { uses: collect/csv, with: { path: f.csv, all_text: true } }
`
const own = 'plugins: ["./own.ts"]\n'
const file = 'id,name\n1,zoe\n'

/** Codes and places of what `validate` finds. */
async function found(stages: string, more: Readonly<Record<string, string>> = {}, top = '') {
  using project = new TestProject({ 'f.csv': file, 'pipeline.yaml': head + stages + top, ...more })
  const ended = await project.run(['validate', 'pipeline.yaml'])
  expect(ended.out + ended.err).not.toContain('internal')
  return {
    exit: ended.exit,
    places: [...(ended.out + ended.err).matchAll(/:(\d+):(\d+) error .*\[secret_not_read\]/g)].map(
      ([, line]) => Number(line),
    ),
  }
}

describe('a secret', () => {
  it.each([
    [
      'an expression',
      '  b: { uses: enrich/derive, from: a, with: { columns: { x: "\'${secret:tok}\'" } } }\n',
    ],
    [
      'a rule',
      '  b: { uses: segment/rules, from: a, with: { into: s, otherwise: "${secret:tok}", rules: [{ name: x, when: "true" }] } }\n',
    ],
    [
      'a key',
      '  b: { uses: clean/contract, from: a, with: { columns: { "${secret:tok}": { from: id, type: text } } } }\n',
    ],
    ['a path of a scan', '  b: { uses: collect/csv, with: { path: "${secret:tok}.csv" } }\n'],
    ['a file of a sink', '  b: { uses: activate/file, from: a, with: { path: "${secret:tok}.csv" } }\n'],
    [
      'a condition of messages',
      '  b: { uses: activate/webhook, from: a, with: { url: "https://x.example/", where: "name = \'${secret:tok}\'" } }\n',
    ],
    [
      'an expectation',
      '  b: { uses: enrich/derive, from: a, with: { columns: { x: "id" } }, expect: [{ sql: "select * from {{self}} where name <> \'${secret:tok}\'" }] }\n',
    ],
  ])('is refused with its place in %s', async (_, stage) => {
    expect(await found(stage)).toEqual({ exit: 78, places: [5] })
  })

  it('is refused in marts, and in the SQL of a plugin of the project', async () => {
    expect(await found('', {}, 'marts: { m: { from: a, description: "${secret:tok}" } }\n')).toEqual({
      exit: 78,
      places: [5],
    })
    const files = {
      'sillage.yaml': own,
      'own.ts': ownSql({ body: 'return sql`select *, ${config.column} as x from ${input}`' }).replace(
        't.optional(t.column())',
        't.text()',
      ),
    }
    expect(
      await found('  b: { uses: enrich/own, from: a, with: { column: "${secret:tok}" } }\n', files),
    ).toEqual({
      exit: 78,
      places: [5],
    })
  })

  it('is read by a plugin that works on batches, missing before anything runs, and never in what it says', async () => {
    const plugin = (body: string) =>
      ownBatch(body).replace(
        'config: t.object({ column: t.column() })',
        'config: t.object({ column: t.column(), salt: t.text() })',
      )
    using project = new TestProject({
      'f.csv': file,
      'sillage.yaml': own,
      'own.ts': plugin(
        'if (config.salt.includes("{")) throw new Error("unread"); return make.batch({ len: make.integer(Array.from({ length: batch.numRows }, () => config.salt.length)) })',
      ),
      'pipeline.yaml': `${head}  b: { uses: enrich/own, from: a, with: { column: id, salt: "\${secret:tok}" } }\nmarts: { m: { from: b } }\n`,
    })
    const missing = await project.run(['run'])
    expect([missing.exit === 0, missing.err + missing.out]).toEqual([false, expect.stringContaining('tok')])
    const env = { SILLAGE_SECRET_TOK: 'pepper-and-salt' }
    const ended = await project.run(['run'], env)
    expect(ended.exit, ended.err).toBe(0)
    const asked = await project.run(['query', 'p', 'select len from m', '--output', 'json'])
    expect((asked.json() as { readonly rows: unknown }).rows).toEqual([{ len: 15 }])
    expect(project.files('.sillage').join('\n')).not.toContain('pepper-and-salt')
    project.write('own.ts', plugin('throw new Error("refused " + config.salt)'))
    const failed = await project.run(['run'], env)
    expect(failed.exit).not.toBe(0)
    expect(failed.err + failed.out).toContain('refused')
    expect(failed.err + failed.out + project.files('.sillage').join('\n')).not.toContain('pepper-and-salt')
  })
})

describe('the signing secret of messages', () => {
  const stages = (secret: string, url: string) =>
    `${head}  one: { uses: activate/webhook, from: a, with: { url: "${url}/one", attempts: 1 } }\n  two: { uses: activate/webhook, from: a, with: { url: "${url}/two", attempts: 1, secret: "${secret}" } }\nmarts: { a: { from: a } }\n`

  it.each(['hello', 'aGVsbG8=', 'whsec_', 'whsec_hel lo', 'whsec_hello', 'whsec_é'])(
    'is refused by validate where it can be none: %s',
    async (secret) => {
      using project = new TestProject({ 'f.csv': file, 'pipeline.yaml': stages(secret, 'https://x.example') })
      const ended = await project.run(['validate', 'pipeline.yaml'])
      expect([ended.exit, ended.out + ended.err]).toEqual([
        78,
        expect.stringMatching(/pipeline\.yaml:6:\d+ error .*whsec_.*\[secret_invalid\]/),
      ])
    },
  )

  it('is looked at before anything is sent where it is a secret', async () => {
    using target = await Receiver.open()
    using project = new TestProject({ 'f.csv': file, 'pipeline.yaml': stages('${secret:sign}', target.url) })
    const wrong = await project.run(['run'], { SILLAGE_SECRET_SIGN: 'hello-there' })
    expect([wrong.exit, wrong.out + wrong.err]).toEqual([1, expect.stringContaining('[secret_invalid]')])
    expect(wrong.out + wrong.err).not.toContain('hello-there')
    expect(target.received).toEqual([])
    const right = await project.run(['run'], {
      SILLAGE_SECRET_SIGN: `whsec_${btoa('0123456789abcdef01234567')}`,
    })
    expect(right.exit, right.err).toBe(0)
    expect(target.received).toHaveLength(2)
  })
})
