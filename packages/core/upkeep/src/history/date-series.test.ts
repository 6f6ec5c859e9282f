import { expect, it } from 'vitest'
import { dateSeries } from './date-series.ts'

it('ends at the last date that is not past the end', () => {
  expect(dateSeries({ from: '2017-01-01', to: '2017-03-31', every: 'month' })).toEqual([
    '2017-01-01',
    '2017-02-01',
    '2017-03-01',
  ])
  expect(dateSeries({ from: '2017-01-01', to: '2017-01-15', every: 'week' })).toEqual([
    '2017-01-01',
    '2017-01-08',
    '2017-01-15',
  ])
  expect(dateSeries({ from: '2017-01-01', to: '2017-01-01', every: 'day' })).toEqual(['2017-01-01'])
})

it('keeps to the end of the month', () => {
  expect(dateSeries({ from: '2019-11-30', to: '2020-03-31', every: 'month' })).toEqual([
    '2019-11-30',
    '2019-12-30',
    '2020-01-30',
    '2020-02-29',
    '2020-03-30',
  ])
  expect(dateSeries({ from: '2017-01-31', to: '2017-12-31', every: 'quarter' })).toEqual([
    '2017-01-31',
    '2017-04-30',
    '2017-07-31',
    '2017-10-31',
  ])
  expect(dateSeries({ from: '2016-02-29', to: '2020-12-31', every: 'year' })).toEqual([
    '2016-02-29',
    '2017-02-28',
    '2018-02-28',
    '2019-02-28',
    '2020-02-29',
  ])
})
