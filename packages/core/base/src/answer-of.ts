import { SillageError } from './sillage-error.ts'

/** What gives up on each plugin that has not answered yet: one listener for all, however many there are. */
const waiting = new Set<() => void>()

function nothingLeft(): void {
  for (const giveUp of waiting) giveUp()
}

/**
 * What a plugin promised. A plugin that waits does not hold up a run that was told to end: throws the signal's reason. Where nothing is
 * left in the process that could settle the promise, Node would end without a word, as if all had gone well: throws
 * `plugin_never_answers` instead.
 */
export async function answerOf<T>(
  promised: Promise<T> | T,
  {
    plugin,
    signal,
    graceMs = 0,
  }: {
    readonly plugin: string
    readonly signal?: AbortSignal
    /** How long it may still answer after the signal: what was sent should be noted. */
    readonly graceMs?: number
  },
): Promise<T> {
  // Whoever gave up does not hear what becomes of it.
  Promise.resolve(promised).catch(() => undefined)
  signal?.throwIfAborted()
  let giveUp = (_: unknown): void => undefined
  const ended = new Promise<never>((_, reject) => {
    giveUp = reject
  })
  let grace: NodeJS.Timeout | undefined
  const stop = (): void => {
    grace = setTimeout(() => giveUp(signal?.reason), graceMs)
  }
  const never = (): void => giveUp(neverAnswers(plugin))
  signal?.addEventListener('abort', stop, { once: true })
  if (waiting.size === 0) process.on('beforeExit', nothingLeft)
  waiting.add(never)
  try {
    return await Promise.race([promised, ended])
  } finally {
    clearTimeout(grace)
    signal?.removeEventListener('abort', stop)
    waiting.delete(never)
    if (waiting.size === 0) process.off('beforeExit', nothingLeft)
  }
}

/** Rejects with `never_ends` where the process has nothing left to wait for, no plugin is to blame, and yet whoever asks has not ended. */
export async function neverEnds(): Promise<never> {
  return await new Promise((_, reject) => {
    process.on('beforeExit', () => {
      if (waiting.size > 0) return
      reject(
        new SillageError({
          code: 'never_ends',
          message: 'The command waits for something that never settles',
          hint: 'a plugin of the project may have a top-level await that never settles; otherwise please report it',
        }),
      )
    })
  })
}

function neverAnswers(plugin: string): SillageError {
  return new SillageError({
    code: 'plugin_never_answers',
    message: `plugin ${plugin} waits for what will never come: it returned a promise that nothing settles`,
    hint: 'fix the plugin: each promise that it makes must be resolved or rejected',
    facts: { plugin },
  })
}
