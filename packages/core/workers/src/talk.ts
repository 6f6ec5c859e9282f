import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads'

/** How long a plugin that listens has to end by itself. */
const graceMs = 500

/** What the thread of a batch says. */
type Said = { readonly note: string } | 'listens'

/** What a batch says while it is worked on, and that it is to end; the side of who sent it. */
export class Talk implements Disposable {
  /** For the worker; sent with the task. */
  readonly port: MessagePort
  readonly #own: MessagePort
  readonly #note: (text: string) => void
  readonly #ending = new AbortController()
  #listens = false
  #timer: NodeJS.Timeout | undefined

  constructor(note: (text: string) => void) {
    const { port1, port2 } = new MessageChannel()
    this.#own = port1
    this.port = port2
    this.#note = note
    port1.on('message', (said: Said) => this.#hear(said))
    port1.unref()
  }

  /** A signal behind another: at once where nobody listens, else once who listens had time to end. */
  behind(signal: AbortSignal): AbortSignal {
    const end = (): void => this.#ending.abort(signal.reason)
    signal.addEventListener(
      'abort',
      () => {
        if (!this.#listens) return end()
        this.#own.postMessage('abort')
        this.#timer = setTimeout(end, graceMs)
      },
      { once: true },
    )
    return this.#ending.signal
  }

  /** Hears what is still on its way. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
    for (let left = receiveMessageOnPort(this.#own); left; left = receiveMessageOnPort(this.#own))
      this.#hear(left.message as Said)
    this.#own.close()
  }

  #hear(said: Said): void {
    if (said === 'listens') this.#listens = true
    else this.#note(said.note)
  }
}

/** The side of the worker. The signal costs nothing until it is asked for. */
export class Listener implements Disposable {
  readonly #port: MessagePort | undefined
  #controller: AbortController | undefined

  constructor(port: MessagePort | undefined) {
    this.#port = port
  }

  readonly note = (text: string): void => this.#port?.postMessage({ note: String(text) } satisfies Said)

  get signal(): AbortSignal {
    if (this.#controller) return this.#controller.signal
    const controller = new AbortController()
    this.#controller = controller
    this.#port?.on('message', () => controller.abort())
    this.#port?.postMessage('listens' satisfies Said)
    return controller.signal
  }

  [Symbol.dispose](): void {
    this.#port?.close()
  }
}
