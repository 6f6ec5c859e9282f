import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { failure, findings, succeeded, until } from './testing/outcome.ts'
import { ownBatch, ownSql } from './testing/own-plugin.ts'
import { TestProject } from './testing/project.ts'

const lengths =
  'return make.batch({ len: make.integer([...batch.getChild(config.column)!].map((text) => String(text).length)) })'
const pipeline = `pipeline: own
stages:
  raw: { uses: collect/csv, with: { path: a.csv } }
  mine: { uses: enrich/own, from: raw, with: { column: b } }
marts: { m: { from: mine } }
`

function projectWith(source: string): TestProject {
  return new TestProject({
    'sillage.yaml': 'plugins: ["./plugins/*.ts"]\n',
    'plugins/own.ts': source,
    'a.csv': 'id,b\n1,jane@example.org\n2,yy\n',
    'pipeline.yaml': pipeline,
  })
}

const upper = ownSql({ body: 'return sql`select *, upper(${sql.id(config.column)}) as up from ${input}`' })

describe("a project's own plugin", () => {
  it.each([
    ['while it is loaded', (loop: string) => `${loop}\n${upper}`],
    ['while it is compiled', (loop: string) => ownSql({ body: loop })],
  ])('that loops %s is ended by a signal', async (_, source) => {
    const looping = `writeFileSync('looping', ''); while (true) {}`
    using project = projectWith(`import { writeFileSync } from 'node:fs'\n${source(looping)}`)
    const child = project.start(['run', '--output', 'json'])
    const ended = project.ended(child)
    await until(() => existsSync(join(project.folder, 'looping')))
    child.kill('SIGINT')
    await ended
    expect(child.signalCode).toBe('SIGINT')
  })

  it('that ends the process while it is loaded is named, and its exit code is not that of the command', async () => {
    using project = projectWith('process.exit(3)\nexport default {}\n')
    const { exit, err } = await project.spawn(['validate'])
    expect([exit, err]).toEqual([
      78,
      expect.stringContaining('plugins/own.ts does not load: it ended the process'),
    ])
  })

  it('runs, as SQL and in workers, and is built anew when a file that it imports changes', async () => {
    using project = projectWith(upper)
    succeeded(await project.run(['run', '--output', 'json']))
    project.write('plugins/lib/plus.ts', 'export const plus = 1\n')
    project.write(
      'plugins/own.ts',
      `import { plus } from './lib/plus.ts'\n${ownBatch(lengths.replace('.length', '.length + plus'))}`,
    )
    const rows = async () =>
      (
        (await project.run(['query', 'own', 'select len from m order by id', '--output', 'json'])).json() as {
          readonly rows: unknown
        }
      ).rows
    succeeded(await project.run(['run', '--output', 'json']))
    expect(await rows()).toEqual([{ len: 17 }, { len: 3 }])
    project.write('plugins/lib/plus.ts', 'export const plus = 100\n')
    succeeded(await project.run(['run', '--output', 'json']))
    expect(await rows()).toEqual([{ len: 116 }, { len: 102 }])
  })

  it.each<[name: string, source: string, said: string]>([
    ['does not parse', 'export default defineSql({ name: \n', 'Unexpected end of file'],
    ['has no default export', 'export const x = 1\n', 'no default export'],
    ['is not called <stage>/<verb>', ownSql({ name: 'own', body: 'return input' }), 'is not <stage>/<verb>'],
    ['throws when it is loaded', 'throw new Error("boom")\n', 'boom'],
    ['imports what is not there', "import x from 'not-there'\nexport default x\n", 'not-there'],
  ])('that %s is refused by its file', async (_, source, said) => {
    using project = projectWith(source)
    const [found] = findings(await project.run(['run', '--output', 'json']))
    expect(found).toMatchObject({ code: 'plugin_broken', line: 4, hint: expect.any(String) })
    expect(found!.message).toContain('plugins/own.ts')
    expect(found!.message).toContain(said)
  })

  it.each<[name: string, body: string]>([
    ['throws', 'throw new TypeError("boom")'],
    ['gives no SQL', 'return sql`selec * from ${input}`'],
    ['gives nothing', 'return undefined as never'],
  ])('whose SQL %s is refused at its stage', async (_, body) => {
    using project = projectWith(ownSql({ body }))
    const found = findings(await project.run(['run', '--output', 'json']))
    expect(found.map(({ code, line }) => [code, line])).toEqual([['stage_invalid', 4]])
    expect(found[0]!.message).toContain('"mine"')
  })
})

it('an own plugin that groups without sizes, or refuses without bits, is told before the run', async () => {
  const wanting = [
    ownSql({ body: 'return sql`select b, count(*) as n from ${input} group by b`', rows: 'group' }),
    ownSql({
      body: 'return sql`select b, cast(count(*) as varchar) as _rows from ${input} group by b`',
      rows: 'group',
    }),
    ownSql({
      body: "return { select: sql`select * from ${input}`, rejects: [{ code: 'x', message: 'x' }] }",
    }),
  ]
  using project = projectWith(upper)
  for (const source of wanting) {
    project.write('plugins/own.ts', source)
    const found = findings(await project.run(['validate', '--output', 'json']))
    expect(found.map(({ code, line }) => [code, line])).toEqual([['reserved_column_missing', 4]])
  }
})

it.each([
  ['where its file is loaded', `process.stdout.write('raw')\nconsole.log('raw')\n${upper}`],
  [
    'where its SQL is made',
    ownSql({
      body: "process.stdout.write('raw'); console.log('raw'); return sql`select *, 1 as one from ${input}`",
    }),
  ],
  ['in a batch', ownBatch(`process.stdout.write('raw'); console.log('raw'); ${lengths}`)],
])('what a plugin writes to standard output %s goes to stderr: the document stays one', async (_, source) => {
  using project = projectWith(source)
  for (const command of ['validate', 'plan', 'run']) {
    const { json, err, exit } = await project.spawn(
      [command, '--output', 'json', '--full-refresh'].slice(0, command === 'run' ? 4 : 3),
    )
    expect(exit, err).toBe(0)
    expect(typeof json()).toBe('object')
  }
})

it.each([
  [
    'in a batch',
    'run',
    ownBatch('\n  const nothing = undefined as never as { a: string }\n  return nothing.a'),
    7,
  ],
  ['where its SQL is made', 'validate', ownSql({ body: '\n  throw new TypeError("boom")' }), 5],
])('an error that a plugin throws %s has its file and line', async (_, command, source, line) => {
  using project = projectWith(source)
  const { exit, out } = await project.spawn([command, '--output', 'json'])
  expect(exit).not.toBe(0)
  expect(out).toContain(`(plugins/own.ts:${line}:`)
})

describe('files of plugins that do not load', () => {
  const others: Readonly<Record<string, string>> = {
    'plugins/loops.ts': 'while (true) {}\n',
    'plugins/leaves.ts': 'process.exit(3)\n',
    'plugins/throws.ts': 'throw new Error("boom")\n',
    'plugins/odd.ts': 'export default { name: \n',
    'plugins/waits.ts': 'await new Promise(() => {})\n',
    'plugins/eats.ts': 'const a: unknown[] = []; for (;;) a.push({ a: 1, b: [a.length] })\n',
    'plugins/contract.ts': upper.replace('enrich/own', 'clean/contract'),
    'plugins/again.ts': upper.replace('enrich/own', 'enrich/z-twice'),
    'plugins/z-again.ts': upper.replace('enrich/own', 'enrich/z-twice'),
  }
  const limited = 'plugins: ["./plugins/*.ts"]\nlimits: { load: 3s }\n'

  it('harm no pipeline that does not use them, and are listed with their reasons', async () => {
    using project = projectWith(upper)
    project.write('sillage.yaml', limited)
    for (const [file, source] of Object.entries(others)) project.write(file, source)
    const { run } = (await project.spawn(['run', '--output', 'json'])).json() as {
      readonly run: { readonly status: string }
    }
    expect(run.status).toBe('succeeded')
    const { plugins, broken } = (await project.spawn(['plugins', '--output', 'json'])).json() as {
      readonly plugins: readonly { readonly name: string }[]
      readonly broken: readonly Readonly<Record<string, string>>[]
    }
    expect(plugins.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['enrich/own', 'enrich/z-twice', 'clean/contract']),
    )
    const reasons = Object.fromEntries(broken.map(({ file, code, message }) => [file, `${code}: ${message}`]))
    expect(Object.keys(reasons)).toHaveLength(Object.keys(others).length - 1)
    expect(reasons['plugins/loops.ts']).toMatch(/plugin_broken.*longer than 3 s.*limits: \{ load/)
    expect(reasons['plugins/leaves.ts']).toMatch(/ended the process/)
    expect(reasons['plugins/throws.ts']).toMatch(/boom/)
    expect(reasons['plugins/waits.ts']).toMatch(/never/)
    expect(reasons['plugins/eats.ts']).toMatch(/more than 512 MB|longer than/)
    expect(reasons['plugins/contract.ts']).toMatch(/plugin_name_taken.*clean\/contract/)
    expect(reasons['plugins/z-again.ts']).toMatch(/plugin_name_taken.*plugins\/again\.ts/)
  })

  it('stop those that use them, at the line that names them', async () => {
    using project = projectWith(`while (true) {}\n${upper}`)
    project.write('sillage.yaml', 'plugins: ["./plugins/*.ts"]\nlimits: { load: 1s }\n')
    project.write('plugins/contract.ts', upper.replace('enrich/own', 'clean/contract'))
    project.write(
      'pipeline.yaml',
      pipeline.replace(
        'marts:',
        '  kept: { uses: clean/contract, from: raw, with: { columns: { id: { type: integer } } } }\nmarts:',
      ),
    )
    const found = findings(await project.run(['validate', '--output', 'json']))
    expect(found.map(({ code, line }) => [code, line])).toEqual([
      ['plugin_broken', 4],
      ['plugin_name_taken', 5],
    ])
    expect(found[0]!.message).toContain('longer than 1 s')
  })

  it('a limit that is none is refused', async () => {
    using project = projectWith(upper)
    project.write('sillage.yaml', 'plugins: ["./plugins/*.ts"]\nlimits: { load: soon, memory: much }\n')
    const { err, exit } = await project.run(['validate'])
    expect([exit, err]).toEqual([78, expect.stringMatching(/duration_invalid[\s\S]*memory_invalid/)])
  })
})

it('a project may have many plugins: nothing is said of listeners', async () => {
  using project = projectWith(upper)
  const stages = Array.from({ length: 14 }, (_, index) => `p${index}`)
  for (const name of stages)
    project.write(`plugins/${name}.ts`, upper.replace('enrich/own', `enrich/${name}`))
  project.write(
    'pipeline.yaml',
    `pipeline: own\nstages:\n  raw: { uses: collect/csv, with: { path: a.csv } }\n${stages.map((name) => `  ${name}: { uses: enrich/${name}, from: raw, with: { column: b } }\n`).join('')}marts: { m: { from: p0 } }\n`,
  )
  for (const command of ['validate', 'run', 'validate']) {
    const { exit, err } = await project.spawn([command])
    expect(exit, err).toBe(0)
    expect(err).not.toContain('Warning')
  }
})

describe('an own plugin that lies about its rows', () => {
  const lies: Readonly<Record<string, string>> = {
    'loses one': ownSql({ body: 'return sql`select * from ${input} limit 1`' }),
    'doubles them': ownSql({
      body: 'return sql`select * from ${input} union all select * from ${input}`',
      rows: 'filter',
    }),
    'leaves rows out of its groups': ownSql({
      body: 'return sql`select b, 1::bigint as _rows from ${input} limit 1`',
      rows: 'group',
    }),
  }

  it('fails the run, and the mart of before stays', async () => {
    using project = projectWith(upper)
    succeeded(await project.run(['run', '--output', 'json']))
    for (const source of Object.values(lies)) {
      project.write('plugins/own.ts', source)
      const { code, message, stage } = failure(await project.run(['run', '--output', 'json']))
      expect([code, stage]).toEqual(['rows_lost', 'mine'])
      expect(message).toContain('"mine"')
    }
    const after = await project.run(['query', 'own', 'select count(up) as n from m', '--output', 'json'])
    expect((after.json() as { readonly rows: unknown }).rows).toEqual([{ n: 2 }])
  })
})

describe('an own batch plugin that goes wrong', () => {
  const project = projectWith(upper)
  afterAll(() => project[Symbol.dispose]())

  it.each<[name: string, body: string, code: string]>([
    ['throws', 'throw new Error("boom")', 'plugin_failed'],
    ['throws no error', 'throw "text"', 'plugin_failed'],
    ['returns another schema', 'return make.batch({ other: make.integer([1, 2]) })', 'plugin_output'],
    ['returns too few rows', 'return make.batch({ len: make.integer([1]) })', 'plugin_output'],
    ['returns nothing', 'return undefined as never', 'plugin_output'],
    ['never returns', 'for (;;) {}', 'plugin_timeout'],
    ['never resolves', 'return new Promise(() => {}) as never', 'plugin_timeout'],
    ['kills its worker', 'process.exit(3)', 'plugin_crashed'],
    [
      'exhausts its memory',
      'const a: unknown[] = []; for (;;) a.push(new Array(1e5).fill(Math.random()))',
      'plugin_out_of_memory',
    ],
  ])('%s: the run names plugin and stage', async (_, body, code) => {
    project.write('plugins/own.ts', ownBatch(body))
    const timeout = code === 'plugin_timeout' ? '1s' : '60s'
    const args = ['run', '--output', 'json', '--memory', '512MB', '--threads', '1']
    const env = { SILLAGE_BATCH_TIMEOUT: timeout }
    const isRisky = code === 'plugin_out_of_memory'
    const error = failure(await (isRisky ? project.spawn(args, env) : project.run(args, env)))
    expect([error.code, error.stage]).toEqual([code, 'mine'])
    expect(error.message).toContain('enrich/own')
    expect(error.message).not.toContain('jane@')
  })

  it('has its limit of time from sillage.yaml, and of column buffers within one batch', async () => {
    project.write('sillage.yaml', 'plugins: ["./plugins/*.ts"]\nlimits: { batch: 1s }\n')
    project.write('plugins/own.ts', ownBatch('for (;;) {}'))
    const slow = failure(await project.run(['run', '--output', 'json']))
    expect([slow.code, slow.message]).toEqual(['plugin_timeout', expect.stringContaining('longer than 1 s')])
    project.write('sillage.yaml', 'plugins: ["./plugins/*.ts"]\nlimits: { memory: 64MB }\n')
    project.write(
      'plugins/own.ts',
      ownBatch('const a: unknown[] = []; for (;;) a.push(new Float64Array(4e6).fill(1))'),
    )
    const large = failure(
      await project.spawn(['run', '--output', 'json', '--memory', '512MB', '--threads', '1']),
    )
    expect([large.code, large.stage]).toEqual(['plugin_out_of_memory', 'mine'])
    project.write('sillage.yaml', 'plugins: ["./plugins/*.ts"]\n')
  })

  it('is mended: the next run reuses what was finished', async () => {
    project.write('plugins/own.ts', ownBatch(lengths))
    const { steps } = succeeded(await project.run(['run', '--output', 'json']))
    expect(steps.map(({ stage, action }) => [stage, action])).toEqual([
      ['raw', 'reuse'],
      ['mine', 'resume'],
    ])
  })
})
