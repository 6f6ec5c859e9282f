import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { succeeded } from './testing/outcome.ts'
import { TestProject } from './testing/project.ts'

const source = `import { defineSource, sql, t } from '@sillage/sdk'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
export default defineSource({ name: 'collect/own', summary: 'A test.', description: 'A test.', examples: [],
  config: t.object({ path: t.path() }),
  scan: async ({ config, context }) => {
    const files = await context.files(config.path)
    const copy = await context.remember('copy', files[0]!, async () => {
      const made = join(context.scratch, 'copy.csv')
      copyFileSync(files[0]!, made)
      return made
    })
    return { files, select: () => sql\`select * from read_csv(\${copy}, header = true)\` }
  } })
`

it('a file that a source made in its scratch folder and remembers is made anew where gc removed it', async () => {
  using project = new TestProject({
    'sillage.yaml': 'plugins: ["./plugins/*.ts"]\n',
    'plugins/own.ts': source,
    'a.csv': 'id\n1\n2\n',
    'pipeline.yaml':
      'pipeline: p\nstages:\n  raw: { uses: collect/own, with: { path: a.csv } }\nmarts: { m: { from: raw } }\n',
  })
  succeeded(await project.run(['run', '--output', 'json']))
  expect((await project.run(['gc'])).exit).toBe(0)
  succeeded(await project.run(['run', '--full-refresh', '--output', 'json']))
  rmSync(join(project.folder, '.sillage/p/scratch'), { recursive: true, force: true })
  project.write('a.csv', 'id\n1\n2\n3\n')
  const { steps } = succeeded(await project.run(['run', '--output', 'json']))
  expect(steps.find(({ stage }) => stage === 'raw')).toMatchObject({ rows_out: 3 })
})
