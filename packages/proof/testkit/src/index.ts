export { type Bench, compileSql, judge, openBench, openScan } from './bench.ts'
export { describePlugins } from './describe-plugins.ts'
export { rowsPlugin, writeRelation } from './rows-source.ts'
export { byText, type Outcome, runExample } from './run-example.ts'
