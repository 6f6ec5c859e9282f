/** One event of a stream, with the id to resume behind. */
export interface ServerSentEvent {
  readonly id: string | undefined
  readonly data: { readonly name: string; readonly text: string }
}

/** Reads `text/event-stream` as it comes, in parts that end anywhere (WHATWG HTML, 9.2.6: the fields that our server sends). */
export class ServerSentEvents {
  #rest = ''

  /** The events that are whole now. Comments and blocks without data are left out. */
  take(part: string): readonly ServerSentEvent[] {
    const blocks = (this.#rest + part).split('\n\n')
    this.#rest = blocks.pop()!
    return blocks.flatMap((block) => {
      const fields = block.split('\n').map((line) => /^(\w+): ?(.*)$/.exec(line))
      const of = (name: string): string | undefined => fields.findLast((field) => field?.[1] === name)?.[2]
      const text = of('data')
      return text === undefined ? [] : [{ id: of('id'), data: { name: of('event') ?? 'message', text } }]
    })
  }
}
