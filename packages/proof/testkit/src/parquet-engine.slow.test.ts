import { describeKilledEngine } from './describe-engine.ts'

const module = new URL('../dist/parquet-engine/in-three.js', import.meta.url).href

await describeKilledEngine('Parquet files in a folder', { module, name: 'parquetInThree' })
