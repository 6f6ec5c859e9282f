import { parseExactly, parsePath, type ReadContext, sourceFailed, valueAt } from '@sillage/sdk'
import type { HttpOptions } from './options.ts'
import type { Answer } from './position.ts'

/** What a server may say of a page by number or offset that does not exist. */
const noSuchPage = [404, 410, 416]

/**
 * One page. Behind the last one there may be no page: that is one without records where `mayEnd` says so. Throws `api_unreachable`,
 * `api_failing` (both retryable), `api_refused`, `api_answer`.
 */
export async function ask(
  url: URL,
  {
    config,
    context,
    mayEnd,
  }: { readonly config: HttpOptions; readonly context: ReadContext; readonly mayEnd: boolean },
): Promise<Answer> {
  const seconds = config.timeout_seconds ?? 30
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(seconds * 1000)])
  const shown = url.origin + url.pathname
  const { response, text } = await fetchText({ url, config, signal, shown, seconds })
  const { status, headers } = response
  if (status === 204 || (mayEnd && noSuchPage.includes(status)))
    return { url, headers, body: null, records: [] }
  if (!response.ok) throw refused(response, shown)
  const body = parsed(text, shown)
  const where = config.records ?? '$'
  const records = valueAt(body, parsePath(where)!)
  if (records === null && body !== null) return { url, headers, body, records: [] }
  if (!Array.isArray(records))
    throw sourceFailed({
      code: 'api_answer',
      message: `${shown} answered without a list of records at ${where}`,
      hint: 'records: the path of the list in the answer, such as $.data',
    })
  return { url, headers, body, records }
}

async function fetchText({
  url,
  config,
  signal,
  shown,
  seconds,
}: {
  readonly url: URL
  readonly config: HttpOptions
  readonly signal: AbortSignal
  readonly shown: string
  readonly seconds: number
}): Promise<{ readonly response: Response; readonly text: string }> {
  try {
    const headers = { accept: 'application/json', ...config.headers }
    const response = await fetch(url, { headers, signal, redirect: 'manual' })
    return { response, text: await response.text() }
  } catch (cause) {
    const reason = signal.aborted ? `no answer within ${seconds} s` : causeOf(cause)
    throw sourceFailed({
      code: 'api_unreachable',
      message: `${shown} cannot be reached: ${reason}`,
      hint: 'check url and network, then run again: it goes on behind the last page, and the marts stay',
      retryable: true,
      cause,
    })
  }
}

/** Statuses that may be others in a moment. */
function isPassing(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500
}

function refused({ status, headers }: Response, shown: string): Error {
  const message = `${shown} answered ${status}`
  if (isPassing(status))
    return sourceFailed({
      code: 'api_failing',
      message,
      hint: 'run again later: it goes on behind the last page, and the marts stay',
      retryable: true,
      retryAfterMs: waitOf(headers.get('retry-after')),
    })
  const hint =
    status < 400
      ? 'it sends elsewhere: write the final address as url'
      : status === 401 || status === 403
        ? 'check the headers and the secret in them, and what it may read'
        : 'check url, parameters and since'
  return sourceFailed({ code: 'api_refused', message, hint })
}

/** `Retry-After` is a number of seconds, or a date. */
function waitOf(header: string | null): number | undefined {
  if (header === null) return undefined
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now()
  return Number.isFinite(ms) && ms > 0 ? ms : undefined
}

function parsed(text: string, shown: string): unknown {
  try {
    return parseExactly(text)
  } catch {
    throw sourceFailed({
      code: 'api_answer',
      message: `${shown} answered with what is no JSON`,
      hint: 'check url: a page for people, or of a sign-in, is none for programs',
    })
  }
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'the connection failed'
}
