import type { SourceContext } from '@sillage/sdk'
import { linesIn } from '../text/utf8-copy.ts'

/** A file that a source reads as a part `P`; of one that grew since the last scan also what stands behind its old end. */
export interface Asked<P> {
  readonly path: string
  readonly bytes: number
  readonly whole: P
  readonly tail: { readonly part: P; readonly after: number } | undefined
}

interface Question<P, T> {
  readonly file: Asked<P>
  /** Names the question, so that its answer is remembered. */
  readonly what: string
  readonly context: SourceContext
  readonly ask: (part: P) => Promise<T>
}

/** Asks about a file; of one that grew only about the new lines, where the answer about the rest is remembered. */
export async function askFile<P, T>({
  file: { path, whole, tail },
  what,
  context,
  ask,
  both,
}: Question<P, T> & { readonly both: (a: T, b: T) => T }): Promise<T> {
  const all = (): Promise<T> => ask(whole)
  return await context.remember(what, path, async () =>
    tail ? both(await context.remember(what, path, all, tail.after), await ask(tail.part)) : await all(),
  )
}

/** How many of something stand before the tail of a file: those of the whole without those of the tail. */
export async function countBefore<P>({ file, what, context, ask }: Question<P, number>): Promise<number> {
  const { path, whole } = file
  const { part, after } = tailOf(file)
  let added: Promise<number> | undefined
  const inTail = (): Promise<number> => (added ??= ask(part))
  const before = await context.remember(what, path, async () => (await ask(whole)) - (await inTail()), after)
  await context.remember(what, path, async () => before + (await inTail()))
  return before
}

/** Lines before the tail of a file; one with line breaks inside quotes is one. */
export async function linesBefore<P>(
  file: Asked<P>,
  context: SourceContext,
  quotes: { readonly quote?: string; readonly escapedBy?: string } = {},
): Promise<number> {
  const { path, bytes } = file
  const { after } = tailOf(file)
  const before = await context.remember('lines', path, () => linesIn(path, 0, after, quotes), after)
  await context.remember('lines', path, async () => before + (await linesIn(path, after, bytes, quotes)))
  return before
}

function tailOf<P>({ tail }: Asked<P>): NonNullable<Asked<P>['tail']> {
  if (!tail) throw new Error('the file has no tail')
  return tail
}
