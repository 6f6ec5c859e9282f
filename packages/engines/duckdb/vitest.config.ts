import { testProject } from '../../../tools/test-project.mjs'

export default testProject('duckdb')
