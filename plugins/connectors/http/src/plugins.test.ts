import { describePlugins } from '@sillage/testkit'

await describePlugins(import.meta.url)
