import { expect, it } from 'vitest'
import { sections } from './sections.ts'

it('gives every key to one app', () => {
  const keys = sections.all.map(({ key }) => key)
  expect(new Set(keys).size).toBe(keys.length)
})

it('has validators that the build made: no command compiles a schema', async () => {
  const pipeline = await sections.validator('pipeline')
  const project = await sections.validator('project')
  const stages = { a: { uses: 'collect/csv' } }
  expect(pipeline({ pipeline: 'p', stages, plan: { start: '2014-05-12', tasks: {} } })).toBe(false)
  expect(pipeline.errors?.[0]?.instancePath).toBe('/plan/tasks')
  expect(project({ environments: { dev: { on_failure: {} } } })).toBe(false)
  expect(project.errors?.[0]?.instancePath).toBe('/environments/dev/on_failure')
})
