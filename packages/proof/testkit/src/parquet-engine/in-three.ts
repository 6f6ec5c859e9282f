import { parquetEngine } from './parquet-engine.ts'

/** Three partitions, where one has one row: the fewest that split groups and leave a partition empty. */
export const parquetInThree = parquetEngine({ partitions: 3 })
