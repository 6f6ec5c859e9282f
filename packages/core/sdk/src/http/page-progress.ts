import { sourceFailed } from '../failure.ts'

/** What was requested and answered in one run. Without it, a server that ignores a parameter would be asked for ever. */
export class PageProgress {
  readonly #asked = new Set<string>()
  readonly #shown: string
  #last: string | undefined

  /** @param url the first address, whose origin and path errors name */
  constructor(url: string) {
    const { origin, pathname } = new URL(url)
    this.#shown = origin + pathname
  }

  /** Notes an address that is requested. Throws `api_no_progress` if it was requested before. */
  ask(url: URL): void {
    if (this.#asked.has(url.href)) throw this.#none('leads back to a page that was read')
    this.#asked.add(url.href)
  }

  /** Notes the content of a page. Throws `api_no_progress` if it equals that of the previous page. */
  take(content: string, records: number): void {
    if (records > 0 && content === this.#last)
      throw this.#none('gave the records of the page before once more')
    this.#last = content
  }

  #none(what: string): Error {
    return sourceFailed({
      code: 'api_no_progress',
      message: `${this.#shown} ${what}`,
      hint: 'check next and parameter: the server may not know the parameter, or may name its next page elsewhere in the answer',
    })
  }
}
