/** The direction of imports (docs/architecture.md): left imports right. Whatever is not named here is refused. */
const allowed = {
  base: [],
  sql: ['base'],
  sdk: ['sql', 'base'],
  scheduler: [],
  campaign: ['base'],
  spec: ['scheduler', 'campaign', 'sdk', 'sql', 'base'],
  plan: ['spec', 'sdk', 'sql', 'base'],
  store: ['plan', 'sdk', 'sql', 'base'],
  journal: ['base'],
  state: ['base'],
  run: ['plan', 'store', 'journal', 'state', 'sdk', 'sql', 'base'],
  report: ['run', 'spec', 'store', 'campaign', 'sql', 'base'],
  stats: [],
  server: ['store', 'journal', 'scheduler', 'sql', 'base'],
  cli: [
    'server',
    'report',
    'scheduler',
    'run',
    'plan',
    'spec',
    'store',
    'journal',
    'state',
    'sdk',
    'sql',
    'base',
  ],
  testkit: ['run', 'plan', 'spec', 'store', 'sdk', 'sql', 'base'],
  faults: ['run', 'plan', 'spec', 'store', 'journal', 'sdk', 'sql', 'base', 'cli'],
  bench: ['run', 'plan', 'spec', 'store', 'journal', 'sdk', 'sql', 'base', 'cli'],
}

const only = (name, module, owner) => ({
  name,
  severity: 'error',
  from: { path: '^(packages|plugins)/', pathNot: owner },
  to: { path: `node_modules/${module}/` },
})

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    ...Object.entries(allowed).map(([from, to]) => ({
      name: `${from}-direction`,
      severity: 'error',
      from: { path: `^packages/${from}/src/`, pathNot: '\\.test\\.ts$' },
      to: { path: '^(packages|plugins|datasets)/', pathNot: `^packages/(${[from, ...to].join('|')})/` },
    })),
    {
      name: 'plugins-import-sdk-and-stats',
      severity: 'error',
      from: { path: '^plugins/([^/]+)/src/', pathNot: '(\\.test\\.ts|/testing/)' },
      to: { path: '^(packages|plugins)/', pathNot: '^(packages/(sdk|stats|sql|base)/|plugins/$1/)' },
    },
    only(
      'duckdb-in-store',
      '@duckdb',
      '^(packages/store/|packages/bench/|packages/faults/|plugins/[^/]+/src/testing/|.*\\.test\\.ts$)',
    ),
    {
      name: 'marts-in-reader',
      comment: 'the process of the API never opens a database: its reader child does',
      severity: 'error',
      from: { path: '^packages/server/src/', pathNot: '(^packages/server/src/reader/|\\.test\\.ts$)' },
      to: { path: '^packages/(store|plan|run|spec)/', dependencyTypesNot: ['type-only'] },
    },
    only('fastify-in-server', '(fastify|@fastify)', '^packages/server/'),
    only('echarts-in-report', 'echarts', '^packages/report/src/'),
    only('croner-in-scheduler', 'croner', '^packages/scheduler/'),
    only('piscina-in-workers', 'piscina', '^packages/run/src/workers/'),
    only('yaml-in-spec', '(yaml|ajv)', '^(packages/spec/|.*\\.test\\.ts$)'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|node_modules/\\.cache)/' },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['source', 'import', 'node'] },
    tsConfig: { fileName: 'tsconfig.base.json' },
  },
}
