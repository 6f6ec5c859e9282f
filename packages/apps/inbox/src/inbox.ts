import { formUnknown } from './failures.ts'
import type { Form } from './form.ts'
import { type Accepted, type Counts, FormInbox, type InboxRequest } from './form-inbox.ts'
import { lockInbox } from './lock.ts'
import type { RollLimits } from './segment-writer.ts'
import { formFolder } from './segments.ts'

export interface InboxOptions {
  /** Folder of the segments, one below it a form. */
  readonly folder: string
  readonly forms: readonly Form[]
  readonly now: () => Date
  readonly limits?: RollLimits
}

const usualLimits: RollLimits = { bytes: 64 * 2 ** 20, ageMs: 24 * 3_600_000 }

/** The forms of a project, ready to take requests. One process at a time. */
export class Inbox {
  readonly #forms: ReadonlyMap<string, FormInbox>
  readonly #lock: AsyncDisposable

  private constructor(forms: ReadonlyMap<string, FormInbox>, lock: AsyncDisposable) {
    this.#forms = forms
    this.#lock = lock
  }

  /** Throws `inbox_busy`, `inbox_damaged`. */
  static async open({ folder, forms, now, limits = usualLimits }: InboxOptions): Promise<Inbox> {
    const lock = await lockInbox(folder)
    try {
      const opened = new Map<string, FormInbox>()
      for (const form of forms)
        opened.set(
          form.name,
          await FormInbox.open(form, { folder: formFolder(folder, form.name), limits, now }),
        )
      return new Inbox(opened, lock)
    } catch (error) {
      await lock[Symbol.asyncDispose]()
      throw error
    }
  }

  /** Takes all of a request, or nothing; durable when it returns. Throws `form_unknown`, and as `FormInbox.accept`. */
  async accept(name: string, request: InboxRequest): Promise<Accepted> {
    const form = this.#forms.get(name)
    if (!form) throw formUnknown(name, [...this.#forms.keys()])
    return await form.accept(request)
  }

  /** By form, since it was opened; `last` is when the last record was received (ISO), also before that. */
  counts(): readonly (Counts & { readonly form: string; readonly last: string | undefined })[] {
    return [...this.#forms].map(([form, { counts, last }]) => ({ form, ...counts, last }))
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    await Promise.all([...this.#forms.values()].map((form) => form.close()))
    await this.#lock[Symbol.asyncDispose]()
  }
}
