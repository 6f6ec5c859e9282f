import { Message } from 'apache-arrow/fb/message'
import { RecordBatch } from 'apache-arrow/fb/record-batch'

/** Fewer bytes than any node or buffer takes in the metadata of a batch. */
const nodeBytes = 16

/**
 * Arrow believes the counts of a batch's metadata and makes an object for each: a damaged file asks it for billions. From here on a
 * count that its bytes cannot hold throws.
 */
export function refuseImpossibleCounts(): void {
  for (const count of ['nodesLength', 'buffersLength', 'variadicBufferCountsLength'] as const)
    bounded(RecordBatch, count)
  bounded(Message, 'customMetadataLength')
}

const done = new Set<string>()

interface Table {
  readonly name: string
  readonly prototype: object
}

function bounded(table: Table, count: string): void {
  const key = `${table.name}.${count}`
  const told = (table.prototype as Record<string, unknown>)[count] as
    | ((this: WithBytes) => number)
    | undefined
  if (told === undefined || done.has(key)) return
  done.add(key)
  Object.assign(table.prototype, {
    [count](this: WithBytes) {
      const length = told.call(this)
      const bytes = this.bb?.capacity() ?? 0
      if (
        length < 0 ||
        length * (count === 'nodesLength' || count === 'buffersLength' ? nodeBytes : 4) > bytes
      )
        throw new Error('a count that the bytes cannot hold')
      return length
    },
  })
}

interface WithBytes {
  readonly bb: { readonly capacity: () => number } | null
}
