import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ServerSentEvents } from './server-sent-events.ts'

const stream =
  'retry: 2000\n\nid: 1\nevent: run_started\ndata: {"n":1}\n\n: beat\n\nevent: end\ndata: {"a":"b: c"}\n\n'
const events = [
  { id: '1', data: { name: 'run_started', text: '{"n":1}' } },
  { id: undefined, data: { name: 'end', text: '{"a":"b: c"}' } },
]

it('events are the same wherever the parts end', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(stream.length)), (cuts) => {
      const at = [0, ...cuts.sort((a, b) => a - b), stream.length]
      const parser = new ServerSentEvents()
      expect(at.slice(1).flatMap((end, index) => parser.take(stream.slice(at[index], end)))).toEqual(events)
    }),
  )
})

it('a block without its end is kept back', () => {
  const parser = new ServerSentEvents()
  expect(parser.take('id: 7\ndata: x\n')).toEqual([])
  expect(parser.take('\n')).toEqual([{ id: '7', data: { name: 'message', text: 'x' } }])
})
