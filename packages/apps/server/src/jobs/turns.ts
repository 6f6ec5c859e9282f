import { busy } from '../failures.ts'

/**
 * Questions to the command line for which it opens the working database of a pipeline. Only one process can: they are asked one after the other, and
 * none while a run is at it; whoever starts a run waits until they are answered.
 */
export class Turns {
  readonly #isWorking: (pipeline: string) => boolean
  readonly #last = new Map<string, Promise<unknown>>()

  constructor(isWorking: (pipeline: string) => boolean) {
    this.#isWorking = isWorking
  }

  asking(pipeline: string): boolean {
    return this.#last.has(pipeline)
  }

  /** Waits until nothing is asked. */
  async settled(pipeline: string): Promise<void> {
    for (let last = this.#last.get(pipeline); last; last = this.#last.get(pipeline)) await last
  }

  /** Asks when it is its turn. Throws `busy` while a run of this server is at it. */
  async ask<T>(pipeline: string, question: () => Promise<T>): Promise<T> {
    if (this.#isWorking(pipeline)) throw busy(pipeline)
    const answer = (this.#last.get(pipeline) ?? Promise.resolve()).then(question)
    const ended = answer.then(
      () => undefined,
      () => undefined,
    )
    this.#last.set(pipeline, ended)
    try {
      return await answer
    } finally {
      if (this.#last.get(pipeline) === ended) this.#last.delete(pipeline)
    }
  }
}
