import { type Pipeline, parseYaml } from '@sillage/pipeline'
import { expect, it } from 'vitest'
import { catchUpOf, scheduleSections } from './keys.ts'

const schedule = scheduleSections.find(({ key }) => key === 'schedule')!.pipeline!

it('says what is wrong with a schedule at its place, and takes whatever a file holds', async () => {
  const found = async (text: string) => {
    const { value, locate } = parseYaml(`schedule: ${text}\n`, 'pipeline.yaml')
    return await schedule.check!((value as { readonly schedule: unknown }).schedule, { marts: [], locate })
  }
  expect(await found('"0 6 * *"')).toMatchObject([{ code: 'schedule_invalid', line: 1, column: 11 }])
  expect(await found('"0 6 * * 1-5 Europe/Paris"')).toEqual([])
  expect(await found('5')).toEqual([])
})

it('says where today is asked: in the zone of the schedule', () => {
  expect(schedule.zone!(' 0 6 * * * Europe/Paris')).toBe('Europe/Paris')
  expect(schedule.zone!('0 6 * * *')).toBeUndefined()
  expect(schedule.zone!(undefined)).toBeUndefined()
})

it('catches up once where the day of a pipeline moves with the clock, unless the pipeline says', () => {
  const pipeline = (asOfSource: Pipeline['asOfSource'], sections = {}) =>
    ({ asOfSource, sections }) as unknown as Pipeline
  expect(catchUpOf(pipeline('today'))).toBe('once')
  expect(catchUpOf(pipeline('file'))).toBe('none')
  expect(catchUpOf(pipeline('today', { catch_up: 'none' }))).toBe('none')
})
