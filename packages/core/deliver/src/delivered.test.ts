import { expect, it } from 'vitest'
import { deliveredOf } from './delivered.ts'

const read = (...records: readonly Readonly<Record<string, unknown>>[]) =>
  deliveredOf({ read: () => records } as never, 'p')
const message = (id: string, more: Readonly<Record<string, unknown>> = {}) => ({
  stage: 'crm',
  run: 'r1',
  destination: 'https://crm.example',
  idempotency_key: id,
  status: 'accepted',
  rows: 5,
  removed: 1,
  refused: 2,
  sent_at: '2026-01-01T00:00:00.000Z',
  ...more,
})
const told = {
  stage: 'crm',
  destination: 'https://crm.example',
  run: 'r1',
  status: 'sent',
  messages: 1,
  rows: 3,
  removed: 1,
  refused: 2,
  at: '2026-01-01T00:00:00.000Z',
}

it('messages of a run to one destination add up, each once; the last one says when', () => {
  expect(
    read(
      message('1'),
      message('1'),
      message('2', { sent_at: '2026-01-03T00:00:00.000Z' }),
      message('3', { sent_at: '2026-01-02T00:00:00.000Z' }),
      message('4', { sent_at: undefined }),
    ),
  ).toEqual([{ ...told, messages: 4, rows: 12, removed: 4, refused: 8, at: '2026-01-03T00:00:00.000Z' }])
  expect(read(message('1', { sent_at: undefined }), message('2'))).toEqual([
    { ...told, messages: 2, rows: 6, removed: 2, refused: 4 },
  ])
})

it('other runs, stages, destinations and messages that were given up stand apart', () => {
  const found = read(
    message('1'),
    message('1', { run: 'r2' }),
    message('2', { stage: 'other' }),
    message('3', { destination: 'https://two.example' }),
    message('4', { status: 'given_up', rows: 2, removed: undefined, refused: undefined }),
  )
  expect(found.map(({ run, stage, destination, status }) => [run, stage, destination, status])).toEqual([
    ['r1', 'crm', 'https://crm.example', 'sent'],
    ['r2', 'crm', 'https://crm.example', 'sent'],
    ['r1', 'other', 'https://crm.example', 'sent'],
    ['r1', 'crm', 'https://two.example', 'sent'],
    ['r1', 'crm', 'https://crm.example', 'failed'],
  ])
  expect(found[4]).toMatchObject({ rows: 2, removed: 0, refused: 0 })
})

it('a file that a run wrote twice holds the rows of the last time; other records are none', () => {
  const file = {
    stage: 'list',
    run: 'r1',
    file: 'out/a.csv',
    sha256: 'x',
    rows: 4,
    sent_at: '2026-01-01T00:00:00.000Z',
  }
  expect(read(file, { ...file, rows: 3 }, { stage: 'x', run: 'r1' }, { ...file, sha256: undefined })).toEqual(
    [
      {
        stage: 'list',
        destination: 'out/a.csv',
        run: 'r1',
        status: 'sent',
        messages: 2,
        rows: 3,
        removed: 0,
        refused: 0,
        at: file.sent_at,
      },
    ],
  )
})
