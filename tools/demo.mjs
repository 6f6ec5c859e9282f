/** Runs the demo pipelines as a user would, and shows where to look. */
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const pipelines = ['retail-loyalty', 'josx-launch']

const sillage = (...args) => {
  console.log(
    `\n$ npx --no-install sillage ${args.map((text) => (/[\s*(]/.test(text) ? `"${text}"` : text)).join(' ')}`,
  )
  const done = spawnSync(process.execPath, [join(root, 'packages/apps/cli/bin/sillage.mjs'), ...args], {
    cwd: root,
    stdio: 'inherit',
  })
  if (done.status !== 0) process.exit(done.status ?? 1)
}

for (const pipeline of pipelines) sillage('run', pipeline)

sillage(
  'query',
  'retail-loyalty',
  'select segment, treatment, count(*) as customers, sum(monetary) as sales from customers group by all order by sales desc',
)
sillage(
  'query',
  'josx-launch',
  'select segment, treatment, actions, count(*) as people from people group by all order by people desc',
)
sillage('report', 'retail-loyalty')
sillage('report', 'josx-launch')

sillage(
  'query',
  'josx-launch',
  'select stage, code, column_name, rows from sillage.rejects order by rows desc, code limit 8',
)

console.log(`
The marts are DuckDB files: marts/retail-loyalty.duckdb and marts/josx-launch.duckdb. Three tables worth looking at:
  customers      (retail-loyalty)  one row per customer: recency, frequency, value, tier, segment, treatment
  people         (josx-launch)     one row per person: where they stand, their segment, treatment and actions
  sillage.steps  (both)            every stage with its rows in, out, refused, merged, filtered

The reports are single files that open anywhere: out/retail-loyalty-report.html and out/josx-launch-report.html (in French)

Next:
  npx --no-install sillage plan retail-loyalty --sql             what a run does, and its SQL
  npx --no-install sillage show reject.contacts -p josx-launch   refused rows with their reasons
  npx --no-install sillage profile customers -p retail-loyalty
  npx --no-install sillage serve                                 all of it in the browser
  npx --no-install sillage init my-project                       a project of your own
`)
